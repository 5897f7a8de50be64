#include "tokenizer/gguf_metadata.hpp"

#include <cstring>

#include "errors.hpp"

namespace ringlet::convert {
namespace {

/// Bytes of a number of each type; 0 for texts and arrays.
constexpr std::size_t sizes[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
constexpr bool is_signed[] = {false, true,  false, true,  false, true, false,
                              false, false, false, false, true,  false};

template <typename T>
T load(std::string_view bytes, std::size_t at = 0) {
  T value{};
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

/// An integer of `size` bytes, with its sign where it has one.
std::int64_t load_integer(std::string_view bytes, std::size_t size, bool with_sign) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data(), size);
  const unsigned unused = static_cast<unsigned>(64 - 8 * size);
  if (with_sign) return static_cast<std::int64_t>(value << unused) >> unused;
  return static_cast<std::int64_t>(value);
}

}  // namespace

/// Takes parts from the front, each only if it is there.
class GgufMetadata::Reader {
 public:
  Reader(std::string_view rest, const std::string& name) : rest_(rest), name_(name) {}

  std::string_view take(std::uint64_t size) {
    if (size > rest_.size()) {
      fail(name_, " is truncated", key_.empty() ? "" : " in ", std::string(key_), ": ", size,
           " bytes are needed and ", rest_.size(), " are left");
    }
    const std::string_view part = rest_.substr(0, static_cast<std::size_t>(size));
    rest_.remove_prefix(part.size());
    return part;
  }
  template <typename T>
  T number() {
    return load<T>(take(sizeof(T)));
  }
  std::string_view text() { return take(number<std::uint64_t>()); }

  std::string_view key() {
    key_ = {};
    key_ = text();
    return key_;
  }

  Value value() {
    Value value;
    std::uint32_t type = number<std::uint32_t>();
    if (type == static_cast<std::uint32_t>(Type::array)) {
      value.is_array = true;
      type = number<std::uint32_t>();
      value.count = number<std::uint64_t>();
    }
    if (type > static_cast<std::uint32_t>(Type::last) ||
        type == static_cast<std::uint32_t>(Type::array)) {
      fail(name_, ": ", std::string(key_), " has elements of type ", type, ", which is not known");
    }
    value.type = static_cast<Type>(type);
    const std::string_view from = rest_;
    if (value.type == Type::text) {
      for (std::uint64_t i = 0; i < value.count; ++i) (void)text();
    } else if (value.count > rest_.size() / sizes[type]) {
      (void)take(rest_.size() + 1);
    } else {
      (void)take(value.count * sizes[type]);
    }
    value.bytes = from.substr(0, from.size() - rest_.size());
    return value;
  }

 private:
  std::string_view rest_;
  const std::string& name_;
  std::string_view key_;
};

GgufMetadata::GgufMetadata(std::span<const std::byte> bytes, std::string name)
    : name_(std::move(name)) {
  Reader reader({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, name_);
  if (reader.take(4) != "GGUF") fail(name_, " is not a GGUF file");
  const auto version = reader.number<std::uint32_t>();
  if (version != 2 && version != 3) {
    fail(name_, " is GGUF version ", version, "; versions 2 and 3 can be read");
  }
  (void)reader.number<std::uint64_t>();  // tensors
  const auto count = reader.number<std::uint64_t>();
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view key = reader.key();
    if (!values_.emplace(key, reader.value()).second) {
      fail(name_, ": ", std::string(key), " is there twice");
    }
  }
}

const GgufMetadata::Value* GgufMetadata::find(std::string_view key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? nullptr : &found->second;
}

const GgufMetadata::Value* GgufMetadata::find(std::string_view key, Type type,
                                              bool is_array) const {
  const Value* value = find(key);
  if (value == nullptr) return nullptr;
  const char* wanted = type == Type::text      ? (is_array ? "a list of texts" : "a text")
                       : type == Type::boolean ? "true or false"
                                               : "a list of floats";
  if (value->type != type || value->is_array != is_array) refuse(key, wanted);
  return value;
}

void GgufMetadata::refuse(std::string_view key, const char* wanted) const {
  fail(name_, ": ", std::string(key), " is not ", wanted);
}

std::optional<std::string_view> GgufMetadata::text(std::string_view key) const {
  const Value* value = find(key, Type::text, false);
  if (value == nullptr) return std::nullopt;
  return value->bytes.substr(sizeof(std::uint64_t));
}

std::optional<std::uint64_t> GgufMetadata::integer(std::string_view key) const {
  const Value* value = find(key);
  if (value == nullptr) return std::nullopt;
  const auto type = static_cast<std::size_t>(value->type);
  if (value->is_array || value->type == Type::text || value->type == Type::f32 ||
      value->type == Type::boolean || value->type == Type::last) {
    refuse(key, "an integer");
  }
  const std::int64_t number = load_integer(value->bytes, sizes[type], is_signed[type]);
  if (is_signed[type] && number < 0) return 0xFFFFFFFF;  // −1 stands for none
  return static_cast<std::uint64_t>(number);
}

std::optional<bool> GgufMetadata::boolean(std::string_view key) const {
  const Value* value = find(key, Type::boolean, false);
  if (value == nullptr) return std::nullopt;
  return value->bytes.front() != 0;
}

std::vector<std::string_view> GgufMetadata::texts(std::string_view key) const {
  const Value* value = find(key, Type::text, true);
  std::vector<std::string_view> result;
  if (value == nullptr) return result;
  Reader reader(value->bytes, name_);
  for (std::uint64_t i = 0; i < value->count; ++i) result.push_back(reader.text());
  return result;
}

std::vector<float> GgufMetadata::numbers(std::string_view key) const {
  const Value* value = find(key, Type::f32, true);
  std::vector<float> result;
  if (value == nullptr) return result;
  for (std::size_t i = 0; i < value->count; ++i) {
    result.push_back(load<float>(value->bytes, i * sizeof(float)));
  }
  return result;
}

std::vector<std::int32_t> GgufMetadata::integers(std::string_view key) const {
  const Value* value = find(key);
  std::vector<std::int32_t> result;
  if (value == nullptr) return result;
  const auto type = static_cast<std::size_t>(value->type);
  if (!value->is_array || sizes[type] == 0 || sizes[type] > 4 || value->type == Type::f32 ||
      value->type == Type::boolean) {
    refuse(key, "a list of integers");
  }
  for (std::size_t i = 0; i < value->count; ++i) {
    const std::string_view bytes = value->bytes.substr(i * sizes[type]);
    result.push_back(static_cast<std::int32_t>(load_integer(bytes, sizes[type], is_signed[type])));
  }
  return result;
}

}  // namespace ringlet::convert
