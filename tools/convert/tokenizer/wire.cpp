#include "tokenizer/wire.hpp"

#include <cstring>

#include "source/errors.hpp"

namespace ringlet::convert {

bool WireReader::next() {
  if (rest_.empty()) return false;
  const std::uint64_t key = varint();
  if (key >> 3 == 0 || key >> 3 > 0x1FFFFFFF) fail(where_, ": has a field with number ", key >> 3);
  field_ = static_cast<std::uint32_t>(key >> 3);
  switch (key & 7) {
    case 0:
      type_ = Type::varint;
      integer_ = varint();
      break;
    case 1:
      type_ = Type::fixed64;
      bytes_ = take(8);
      break;
    case 2:
      type_ = Type::bytes;
      bytes_ = take(varint());
      break;
    case 5:
      type_ = Type::fixed32;
      bytes_ = take(4);
      break;
    default:
      fail(where_, ": field ", field_, " is of wire type ", key & 7, ", which is not in use");
  }
  return true;
}

std::uint64_t WireReader::integer() const {
  expect(Type::varint, "an integer");
  return integer_;
}

float WireReader::number() const {
  expect(Type::fixed32, "a float");
  float value = 0;
  std::memcpy(&value, bytes_.data(), sizeof(value));
  return value;
}

std::string_view WireReader::bytes() const {
  expect(Type::bytes, "bytes");
  return bytes_;
}

/// Seven bits per byte, lowest first. The eighth bit means that more follow.
std::uint64_t WireReader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto byte = static_cast<std::uint8_t>(take(1).front());
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return value;
  }
  fail(where_, ": has an integer of more than ten bytes");
}

std::string_view WireReader::take(std::uint64_t size) {
  if (size > rest_.size()) {
    fail(where_, " is truncated: field ", field_, " needs ", size, " bytes and ", rest_.size(),
         " are left");
  }
  const std::string_view part = rest_.substr(0, static_cast<std::size_t>(size));
  rest_.remove_prefix(part.size());
  return part;
}

void WireReader::expect(Type type, const char* what) const {
  if (type_ != type) fail(where_, ": field ", field_, " is not ", what);
}

}  // namespace ringlet::convert
