#include "source/gguf/gguf_reader.hpp"

#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

/// The numbers of the format's value types.
enum class Type : std::uint32_t {
  u8,
  i8,
  u16,
  i16,
  u32,
  i32,
  f32,
  boolean,
  text,
  list,
  u64,
  i64,
  f64
};

/// The minimum size in bytes of a value, or 0 for types that lists cannot contain.
std::uint64_t least_bytes(Type type) {
  switch (type) {
    case Type::u8:
    case Type::i8:
    case Type::boolean:
      return 1;
    case Type::u16:
    case Type::i16:
      return 2;
    case Type::u32:
    case Type::i32:
    case Type::f32:
      return 4;
    case Type::u64:
    case Type::i64:
    case Type::f64:
    case Type::text:
      return 8;
    case Type::list:
      break;
  }
  return 0;
}

GgufInteger integer(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return {value < 0, value < 0 ? 0 - bits : bits};
}

}  // namespace

std::span<const std::byte> GgufReader::take(std::uint64_t count) {
  if (count > rest()) {
    fail(name_, " is truncated: ", subject_, " takes ", count, " bytes at offset ", position_,
         ", the file has ", bytes_.size());
  }
  position_ += static_cast<std::size_t>(count);
  return bytes_.subspan(position_ - static_cast<std::size_t>(count),
                        static_cast<std::size_t>(count));
}

std::string_view GgufReader::text() {
  const auto bytes = take(number<std::uint64_t>());
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

GgufValue GgufReader::scalar(std::uint32_t type) {
  switch (static_cast<Type>(type)) {
    case Type::u8:
      return integer(number<std::uint8_t>());
    case Type::i8:
      return integer(number<std::int8_t>());
    case Type::u16:
      return integer(number<std::uint16_t>());
    case Type::i16:
      return integer(number<std::int16_t>());
    case Type::u32:
      return integer(number<std::uint32_t>());
    case Type::i32:
      return integer(number<std::int32_t>());
    case Type::u64:
      return GgufInteger{false, number<std::uint64_t>()};
    case Type::i64:
      return integer(number<std::int64_t>());
    case Type::f32:
      return double{number<float>()};
    case Type::f64:
      return number<double>();
    case Type::boolean: {
      const auto byte = number<std::uint8_t>();
      if (byte > 1) fail(name_, ": ", subject_, " has the truth value ", unsigned{byte});
      return byte == 1;
    }
    case Type::text:
      return text();
    case Type::list:
      break;
  }
  fail(name_, ": ", subject_, " has a value of type ", type, ", which GGUF does not define");
}

GgufValue GgufReader::list() {
  const auto type = number<std::uint32_t>();
  const auto count = number<std::uint64_t>();
  const std::uint64_t least = least_bytes(static_cast<Type>(type));
  if (least == 0) fail(name_, ": ", subject_, " is a list of elements of type ", type);
  // Bounds allocations by the size of the file.
  if (count > rest() / least) {
    fail(name_, " is truncated: ", subject_, " has ", count, " elements, the file has ", rest(),
         " more bytes");
  }
  std::vector<GgufInteger> integers;
  std::vector<double> reals;
  std::vector<bool> flags;
  std::vector<std::string_view> texts;
  for (std::uint64_t i = 0; i < count; ++i) {
    const GgufValue element = scalar(type);
    if (const auto* whole = std::get_if<GgufInteger>(&element)) integers.push_back(*whole);
    if (const auto* real = std::get_if<double>(&element)) reals.push_back(*real);
    if (const auto* flag = std::get_if<bool>(&element)) flags.push_back(*flag);
    if (const auto* view = std::get_if<std::string_view>(&element)) texts.push_back(*view);
  }
  if (!reals.empty()) return reals;
  if (!flags.empty()) return flags;
  if (!texts.empty()) return texts;
  return integers;
}

GgufValue GgufReader::value(std::uint32_t type) {
  return static_cast<Type>(type) == Type::list ? list() : scalar(type);
}

}  // namespace ringlet::convert
