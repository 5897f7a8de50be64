// Error handling: every call that can fail returns a Status or Result. The library throws no
// exceptions.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace ringlet {

/// The kind of an error.
enum class ErrorCode : std::uint8_t {
  ok = 0,
  invalid_argument,   // the caller violated the contract of the call
  invalid_model,      // the model file is damaged or inconsistent
  unsupported,        // valid, but this build cannot do it
  not_enough_memory,  // the caller's memory is too small; needed() is the required number of bytes
  out_of_range,       // a token id, position or length is out of range
  checksum_mismatch,  // bytes differ from what was written
  cancelled,          // the progress callback asked to stop
  invalid_snapshot,   // the snapshot is damaged, inconsistent or not a snapshot
  not_finite,         // the model computed NaN or infinity; index() is the token's position
  not_trusted,        // the file's signature is missing or not accepted
};

/// What the two numbers of a status say.
enum class Numbers : std::uint8_t {
  none,
  needs,    // `needed` is what is required: a minimum, or the exact value that the contract demands
  at_most,  // `needed` is the largest value that is accepted
  got,      // only `actual` says something: what was found
};

/// The outcome of a call. On failure, `what` says what is wrong and how to fix it, and `where`
/// names the field, section or argument at fault. `index`, if not negative, is the layer or entry
/// at fault. numbers() says what `needed` and `actual` mean. If a value of a setting would fix the
/// error, `setting` and `suggestion` name both. A Status contains only pointers to static text: it
/// allocates nothing and can be returned from anywhere.
class [[nodiscard]] Status {
 public:
  // Not inline, to save flash: many places call these, none of them often.
  Status() noexcept;
  Status(ErrorCode code, const char* where, const char* what) noexcept;

  /// Adds what is required (a minimum, or the exact value) and what was found.
  [[nodiscard]] Status with(std::uint64_t needed, std::uint64_t actual) const noexcept;

  /// Adds the largest value that is accepted, and what was found.
  [[nodiscard]] Status at_most(std::uint64_t most, std::uint64_t actual) const noexcept;

  /// Adds what was found, where no single number is required.
  [[nodiscard]] Status got(std::uint64_t actual) const noexcept;

  /// Adds numbers of any kind.
  [[nodiscard]] Status compare(Numbers numbers, std::uint64_t needed,
                               std::uint64_t actual) const noexcept;

  /// Adds the layer, tensor or token at fault.
  [[nodiscard]] Status at(std::int64_t index) const noexcept;

  /// Adds the value of a setting, all others equal, with which this check would pass: the largest
  /// or the nearest one.
  [[nodiscard]] Status suggest(const char* setting, std::uint32_t value) const noexcept;

  [[nodiscard]] constexpr bool ok() const noexcept { return code_ == ErrorCode::ok; }
  [[nodiscard]] constexpr ErrorCode code() const noexcept { return code_; }
  [[nodiscard]] constexpr const char* what() const noexcept { return what_; }
  [[nodiscard]] constexpr const char* where() const noexcept { return where_; }
  [[nodiscard]] constexpr std::int64_t index() const noexcept { return index_; }
  [[nodiscard]] constexpr Numbers numbers() const noexcept { return numbers_; }
  [[nodiscard]] constexpr std::uint64_t needed() const noexcept { return needed_; }
  [[nodiscard]] constexpr std::uint64_t actual() const noexcept { return actual_; }
  [[nodiscard]] constexpr bool has_suggestion() const noexcept { return setting_ != nullptr; }
  /// Null without a suggestion.
  [[nodiscard]] constexpr const char* setting() const noexcept { return setting_; }
  [[nodiscard]] constexpr std::uint32_t suggestion() const noexcept { return suggestion_; }

 private:
  std::uint64_t needed_ = 0;
  std::uint64_t actual_ = 0;
  std::int64_t index_ = -1;
  const char* what_ = "";
  const char* where_ = "";
  const char* setting_ = nullptr;
  std::uint32_t suggestion_ = 0;
  ErrorCode code_ = ErrorCode::ok;
  Numbers numbers_ = Numbers::none;
};

/// Writes a status as one line into `buffer` and returns the written part: "layers.wk[3]: wrong
/// number of rows (needs 128, got 64)", "memory: too small for this context (needs 263,552 bytes,
/// got 263,551); context 117 would fit". A suggestion for `where` itself is omitted, because the
/// numbers say it. Never fails: a short buffer receives the beginning of the line. Nothing is
/// terminated with zero.
std::string_view describe(const Status& status, std::span<char> buffer) noexcept;

/// A value, or the status that explains why there is none. The value of a failed result is
/// default-constructed and must not be used.
template <typename T>
class [[nodiscard]] Result {
 public:
  // Implicit, so that a function can return either.
  // NOLINTNEXTLINE(google-explicit-constructor)
  constexpr Result(T value) noexcept : value_(std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  constexpr Result(const Status& status) noexcept : status_(status) {}

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
