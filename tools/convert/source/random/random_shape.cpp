#include "source/random/random_shape.hpp"

#include <array>
#include <charconv>
#include <limits>

#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

struct Key {
  std::string_view name;
  std::uint32_t RandomShape::*field;
  std::uint32_t least;
  std::uint32_t most;
};

// The runtime's own limits, so that typing errors are reported before anything is created.
constexpr std::uint32_t largest_dimension = 1U << 24;
constexpr std::array<Key, 10> keys{{
    {"dim", &RandomShape::dim, 1, largest_dimension},
    {"layers", &RandomShape::layers, 1, 1U << 12},
    {"heads", &RandomShape::heads, 1, largest_dimension},
    {"kv_heads", &RandomShape::kv_heads, 1, largest_dimension},
    {"head_dim", &RandomShape::head_dim, 1, 256},
    {"ffn", &RandomShape::ffn, 1, largest_dimension},
    {"vocab", &RandomShape::vocab, 1, largest_dimension},
    {"context", &RandomShape::context, 1, 1U << 30},
    {"tied", &RandomShape::tied, 0, 1},
    {"seed", &RandomShape::seed, 0, std::numeric_limits<std::uint32_t>::max()},
}};

struct Preset {
  std::string_view name;
  std::string_view shape;
};

// Shapes of well-known models: stories15M, SmolLM-135M, Qwen2.5-0.5B (without its biases),
// TinyLlama-1.1B.
constexpr std::array<Preset, 5> presets{{
    {"llama", ""},
    {"llama-15m", "dim=288,layers=6,heads=6,kv_heads=6,ffn=768,vocab=32000,tied=1"},
    {"llama-135m", "dim=576,layers=30,heads=9,kv_heads=3,ffn=1536,vocab=49152,tied=1"},
    {"llama-0.5b", "dim=896,layers=24,heads=14,kv_heads=2,ffn=4864,vocab=151936,tied=1"},
    {"llama-1.1b", "dim=2048,layers=22,heads=32,kv_heads=4,ffn=5632,vocab=32000,tied=0"},
}};

/// The names in a table, for the error that lists them.
template <typename Table>
std::string names_of(const Table& table) {
  std::string names;
  for (const auto& entry : table) names += (names.empty() ? "" : ", ") + std::string(entry.name);
  return names;
}

const Key& find_key(std::string_view name) {
  for (const Key& key : keys) {
    if (key.name == name) return key;
  }
  fail("'", name, "' is not a key of a random model; the keys are ", names_of(keys));
}

std::uint32_t parse_value(const Key& key, std::string_view text) {
  std::uint32_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end || value < key.least || value > key.most) {
    fail(key.name, ": '", text, "' is not a whole number from ", key.least, " to ", key.most);
  }
  return value;
}

/// Sets the fields in a list of key=value, each once.
void parse_keys(std::string_view text, RandomShape& shape) {
  std::array<bool, keys.size()> seen{};
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view item = text.substr(0, comma);
    const std::size_t equals = item.find('=');
    const Key& key = find_key(item.substr(0, equals));
    if (equals == std::string_view::npos) fail(key.name, " has no value; write ", key.name, "=N");
    bool& given = seen[static_cast<std::size_t>(&key - keys.data())];
    if (given) fail(key.name, " is given twice");
    given = true;
    shape.*key.field = parse_value(key, item.substr(equals + 1));
    if (comma == std::string_view::npos) return;
    text.remove_prefix(comma + 1);
  }
}

/// Derives fields from other keys, and requires the rest.
void complete(RandomShape& shape) {
  for (const Key& key : keys) {
    const bool derived = key.field == &RandomShape::kv_heads || key.field == &RandomShape::head_dim;
    if (!derived && shape.*key.field < key.least) {
      fail(key.name, " is missing; a random model needs ", key.name, "=N");
    }
  }
  if (shape.kv_heads == 0) shape.kv_heads = shape.heads;
  if (shape.head_dim != 0) return;
  if (shape.dim % shape.heads != 0) {
    fail("heads: ", shape.heads, " does not divide dim = ", shape.dim, "; give head_dim too");
  }
  shape.head_dim = shape.dim / shape.heads;
}

}  // namespace

RandomShape parse_random_shape(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  for (const Preset& preset : presets) {
    if (preset.name != name) continue;
    RandomShape shape{.name = std::string(name)};
    if (!preset.shape.empty()) parse_keys(preset.shape, shape);
    if (colon != std::string_view::npos) parse_keys(text.substr(colon + 1), shape);
    complete(shape);
    return shape;
  }
  fail("there is no random model '", name, "'; there are ", names_of(presets));
}

std::string to_string(const RandomShape& shape) {
  std::string text = "llama:";
  for (const Key& key : keys) {
    if (text.back() != ':') text += ',';
    text += std::string(key.name) + '=' + std::to_string(shape.*key.field);
  }
  return text;
}

std::string describe_random_presets() {
  std::string text;
  for (const Preset& preset : presets) {
    if (preset.shape.empty()) continue;
    std::string name(preset.name);
    name.resize(12, ' ');
    text += "  " + name + std::string(preset.shape) + '\n';
  }
  return text;
}

}  // namespace ringlet::convert
