// Reads a GGUF file from front to back, checking the end of the file at every step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "source/gguf/gguf.hpp"

namespace ringlet::convert {

class GgufReader {
 public:
  GgufReader(std::span<const std::byte> bytes, std::string name)
      : bytes_(bytes), name_(std::move(name)) {}

  /// What error messages say is being read: "metadata 'general.name'".
  void set_subject(std::string subject) { subject_ = std::move(subject); }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] std::size_t rest() const { return bytes_.size() - position_; }

  template <typename T>
  T number() {
    T value{};
    std::memcpy(&value, take(sizeof(value)).data(), sizeof(value));
    return value;
  }

  /// Reads a text with a 64-bit length before it.
  std::string_view text();

  /// Reads a value of the type with this number.
  GgufValue value(std::uint32_t type);

 private:
  std::span<const std::byte> take(std::uint64_t count);
  GgufValue scalar(std::uint32_t type);
  GgufValue list();

  std::span<const std::byte> bytes_;
  std::string name_;
  std::string subject_ = "the header";
  std::size_t position_ = 0;
};

}  // namespace ringlet::convert
