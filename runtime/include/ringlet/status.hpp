// How every call of the library reports what went wrong: a value, never an exception.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace ringlet {

enum class ErrorCode : std::uint8_t {
  ok = 0,
  invalid_argument,   // the caller passed something that the contract excludes
  invalid_model,      // the model file is damaged or inconsistent
  unsupported,        // valid, but not something that this build can do
  not_enough_memory,  // the caller's memory is too small; `needed` says how many bytes would do
  out_of_range,       // a token id, position or length outside its bounds
  checksum_mismatch,  // bytes differ from what was written
  cancelled,          // the progress callback asked to stop
  invalid_image,      // the image of a session is damaged, inconsistent, or of another kind
  not_finite,         // the model computed NaN or infinity; the index is the token's position
  not_trusted,        // a file is not signed as the application wants it
};

/// The outcome of a call. On failure it names what was wrong (`what`, a sentence with the remedy),
/// where
/// (`where`, the field, section or argument at fault; `index` tells which layer or entry when not
/// negative) and the two numbers that a reader wants to compare. Holds only pointers to static
/// text, so it costs no memory and can be returned from anywhere.
class [[nodiscard]] Status {
 public:
  // Not in line: these are called in many places, and nowhere often.
  Status() noexcept;
  Status(ErrorCode code, const char* where, const char* what) noexcept;

  /// Adds the number that was required and the number that was found.
  [[nodiscard]] Status with(std::uint64_t needed, std::uint64_t actual) const noexcept;

  /// Adds which layer, tensor or token was at fault.
  [[nodiscard]] Status at(std::int64_t index) const noexcept;

  [[nodiscard]] constexpr bool ok() const noexcept { return code_ == ErrorCode::ok; }
  [[nodiscard]] constexpr ErrorCode code() const noexcept { return code_; }
  [[nodiscard]] constexpr const char* what() const noexcept { return what_; }
  [[nodiscard]] constexpr const char* where() const noexcept { return where_; }
  [[nodiscard]] constexpr std::int64_t index() const noexcept { return index_; }
  [[nodiscard]] constexpr bool has_numbers() const noexcept { return has_numbers_; }
  [[nodiscard]] constexpr std::uint64_t needed() const noexcept { return needed_; }
  [[nodiscard]] constexpr std::uint64_t actual() const noexcept { return actual_; }

 private:
  std::uint64_t needed_ = 0;
  std::uint64_t actual_ = 0;
  std::int64_t index_ = -1;
  const char* what_ = "";
  const char* where_ = "";
  ErrorCode code_ = ErrorCode::ok;
  bool has_numbers_ = false;
};

/// Writes a status as one line ("layers[3].wk: … (needed 128, got 64)") into `buffer` and returns
/// the part that was written. Never fails: a short buffer gets the beginning of the line.
std::string_view describe(const Status& status, std::span<char> buffer) noexcept;

/// A value or the status that explains why there is none.
/// The value of a failed result is default-constructed and must not be used.
template <typename T>
class [[nodiscard]] Result {
 public:
  constexpr Result(T value) noexcept : value_(std::move(value)) {}  // NOLINT: implicit by design
  constexpr Result(const Status& status) noexcept
      : status_(status) {}  // NOLINT: implicit by design

  [[nodiscard]] constexpr bool ok() const noexcept { return status_.ok(); }
  [[nodiscard]] constexpr explicit operator bool() const noexcept { return ok(); }
  [[nodiscard]] constexpr const Status& status() const noexcept { return status_; }
  [[nodiscard]] constexpr T& operator*() noexcept { return value_; }
  [[nodiscard]] constexpr const T& operator*() const noexcept { return value_; }
  [[nodiscard]] constexpr T* operator->() noexcept { return &value_; }
  [[nodiscard]] constexpr const T* operator->() const noexcept { return &value_; }

 private:
  Status status_;
  T value_{};
};

}  // namespace ringlet
