// The subset of protocol buffers' wire format that a SentencePiece model needs: a message is a
// sequence of numbered fields, each an integer, four or eight bytes, or a length and bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ringlet::convert {

/// Iterates over the fields of a message. Every length is checked against the remaining bytes.
class WireReader {
 public:
  /// `where` begins every error message.
  WireReader(std::string_view bytes, std::string where) : rest_(bytes), where_(std::move(where)) {}

  /// Moves to the next field. Returns false at the end.
  bool next();

  [[nodiscard]] std::uint32_t field() const { return field_; }

  // The value of the field, which must have that type.
  [[nodiscard]] std::uint64_t integer() const;
  [[nodiscard]] bool boolean() const { return integer() != 0; }
  [[nodiscard]] float number() const;
  [[nodiscard]] std::string_view bytes() const;

 private:
  enum class Type : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

  std::uint64_t varint();
  std::string_view take(std::uint64_t size);
  void expect(Type type, const char* what) const;

  std::string_view rest_;
  std::string where_;
  std::uint32_t field_ = 0;
  Type type_ = Type::varint;
  std::uint64_t integer_ = 0;
  std::string_view bytes_;
};

}  // namespace ringlet::convert
