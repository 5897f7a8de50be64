#include "source/random/random_shape.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
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
constexpr std::array<Key, 21> keys{{
    {"dim", &RandomShape::dim, 1, largest_dimension},
    {"layers", &RandomShape::layers, 1, 1U << 12},
    {"heads", &RandomShape::heads, 1, largest_dimension},
    {"kv_heads", &RandomShape::kv_heads, 1, largest_dimension},
    {"head_dim", &RandomShape::head_dim, 1, 512},
    {"ffn", &RandomShape::ffn, 1, largest_dimension},
    {"vocab", &RandomShape::vocab, 1, largest_dimension},
    {"context", &RandomShape::context, 1, 1U << 30},
    {"tied", &RandomShape::tied, 0, 1},
    {"rotary_dim", &RandomShape::rotary_dim, 0, 512},
    {"conv", &RandomShape::conv, 0, 16},
    {"state_heads", &RandomShape::state_heads, 0, 1U << 12},
    {"state_key_heads", &RandomShape::state_key_heads, 0, 1U << 12},
    {"state_head_dim", &RandomShape::state_head_dim, 0, 256},
    {"state_key_dim", &RandomShape::state_key_dim, 0, 256},
    {"window", &RandomShape::window, 0, 1U << 30},
    {"local_head_dim", &RandomShape::local_head_dim, 0, 512},
    {"readers", &RandomShape::readers, 0, 1U << 12},
    {"reader_ffn", &RandomShape::reader_ffn, 0, largest_dimension},
    {"layer_inputs", &RandomShape::layer_inputs, 0, 1U << 15},
    {"seed", &RandomShape::seed, 0, std::numeric_limits<std::uint32_t>::max()},
}};

struct Preset {
  std::string_view name;
  std::string_view shape;
};

// Shapes of well-known models: stories15M, SmolLM-135M, Qwen2.5-0.5B (without its biases),
// TinyLlama-1.1B, LFM2-350M, LFM2-1.2B, Qwen3.5-0.8B and Gemma 4 E2B.
constexpr std::array<Preset, 9> presets{{
    {"llama", ""},
    {"llama-15m", "dim=288,layers=6,heads=6,kv_heads=6,ffn=768,vocab=32000,tied=1"},
    {"llama-135m", "dim=576,layers=30,heads=9,kv_heads=3,ffn=1536,vocab=49152,tied=1"},
    {"llama-0.5b", "dim=896,layers=24,heads=14,kv_heads=2,ffn=4864,vocab=151936,tied=1"},
    {"llama-1.1b", "dim=2048,layers=22,heads=32,kv_heads=4,ffn=5632,vocab=32000,tied=0"},
    {"lfm2-350m",
     "dim=1024,layers=16,heads=16,kv_heads=8,ffn=4608,vocab=65536,tied=1,conv=3,"
     "attention=2+5+8+10+12+14"},
    {"lfm2-1.2b",
     "dim=2048,layers=16,heads=32,kv_heads=8,ffn=8192,vocab=65536,tied=1,conv=3,"
     "attention=2+5+8+10+12+14"},
    {"qwen3.5-0.8b",
     "dim=1024,layers=24,heads=8,kv_heads=2,head_dim=256,rotary_dim=64,ffn=3584,vocab=248320,"
     "tied=1,conv=4,state_heads=16,state_key_heads=16,state_head_dim=128,state_key_dim=128,"
     "attention=3+7+11+15+19+23"},
    {"gemma4-e2b",
     "dim=1536,layers=35,heads=8,kv_heads=1,head_dim=512,ffn=6144,vocab=262144,context=131072,"
     "tied=1,window=512,local_head_dim=256,readers=20,reader_ffn=12288,layer_inputs=256,"
     "attention=4+9+14+19+24+29+34"},
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
  fail("'", name, "' is not a key of a random model; the keys are ", names_of(keys), ", attention");
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

/// The key that lists layers: "2+5+8".
constexpr Key attention_key{"attention", nullptr, 0, (1U << 12) - 1};

std::vector<std::uint32_t> parse_layers(std::string_view text) {
  std::vector<std::uint32_t> layers;
  while (true) {
    const std::size_t plus = text.find('+');
    layers.push_back(parse_value(attention_key, text.substr(0, plus)));
    if (plus == std::string_view::npos) return layers;
    text.remove_prefix(plus + 1);
  }
}

/// Sets the fields in a list of key=value, each once.
void parse_keys(std::string_view text, RandomShape& shape) {
  std::array<bool, keys.size() + 1> seen{};
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view item = text.substr(0, comma);
    const std::size_t equals = item.find('=');
    const bool lists = item.substr(0, equals) == attention_key.name;
    const Key& key = lists ? attention_key : find_key(item.substr(0, equals));
    if (equals == std::string_view::npos) fail(key.name, " has no value; write ", key.name, "=N");
    bool& given = seen[lists ? keys.size() : static_cast<std::size_t>(&key - keys.data())];
    if (given) fail(key.name, " is given twice");
    given = true;
    if (lists) {
      shape.attention = parse_layers(item.substr(equals + 1));
    } else {
      shape.*key.field = parse_value(key, item.substr(equals + 1));
    }
    if (comma == std::string_view::npos) return;
    text.remove_prefix(comma + 1);
  }
}

/// Sizes of gated delta rules: all or none. Heads of keys are by default as many as heads.
void complete_state(RandomShape& shape) {
  if (shape.state_heads != 0 && shape.state_key_heads == 0) {
    shape.state_key_heads = shape.state_heads;
  }
  const std::uint32_t sizes[] = {shape.state_heads, shape.state_key_heads, shape.state_head_dim,
                                 shape.state_key_dim};
  const auto given = [](std::uint32_t size) { return size != 0; };
  if (std::none_of(std::begin(sizes), std::end(sizes), given)) return;
  if (!std::all_of(std::begin(sizes), std::end(sizes), given) || shape.conv == 0) {
    fail("state_heads, state_head_dim, state_key_dim and conv belong together");
  }
}

/// Layers that differ from the others.
void complete_layers(RandomShape& shape) {
  if (shape.window != 0 && shape.conv != 0) fail("window and conv exclude each other");
  if (shape.conv == 0 && shape.window == 0 && !shape.attention.empty()) {
    fail("attention needs conv or window: it lists the layers without them");
  }
  for (const std::uint32_t layer : shape.attention) {
    if (layer >= shape.layers) fail("attention: there is no layer ", layer);
  }
  if (shape.local_head_dim != 0 && shape.window == 0) fail("local_head_dim needs a window");
  if (shape.readers != 0 && (shape.readers >= shape.layers || shape.conv != 0)) {
    fail("readers: ", shape.readers, " of ", shape.layers,
         " layers cannot read the caches of others");
  }
  if (shape.reader_ffn != 0 && shape.readers == 0) fail("reader_ffn needs readers");
  if (shape.layer_inputs > shape.dim) fail("layer_inputs: must be at most dim = ", shape.dim);
}

/// Derives fields from other keys, and requires the rest.
void complete(RandomShape& shape) {
  for (const Key& key : keys) {
    const bool derived = key.field == &RandomShape::kv_heads || key.field == &RandomShape::head_dim;
    if (!derived && shape.*key.field < key.least) {
      fail(key.name, " is missing; a random model needs ", key.name, "=N");
    }
  }
  complete_state(shape);
  if (shape.conv == 1) fail("conv: 1 is not supported; 0 and 2 to 16 are");
  complete_layers(shape);
  if (shape.kv_heads == 0) shape.kv_heads = shape.heads;
  if (shape.head_dim == 0 && shape.dim % shape.heads != 0) {
    fail("heads: ", shape.heads, " does not divide dim = ", shape.dim, "; give head_dim too");
  }
  if (shape.head_dim == 0) shape.head_dim = shape.dim / shape.heads;
  if (shape.rotary_dim == 0) shape.rotary_dim = shape.head_dim;
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
    const bool may_lack = key.least == 0 && key.most != 1 && key.field != &RandomShape::seed;
    if (may_lack && shape.*key.field == 0) continue;
    if (key.field == &RandomShape::rotary_dim && shape.rotary_dim == shape.head_dim) continue;
    if (text.back() != ':') text += ',';
    text += std::string(key.name) + '=' + std::to_string(shape.*key.field);
  }
  for (std::size_t i = 0; i < shape.attention.size(); ++i) {
    text += (i == 0 ? ",attention=" : "+") + std::to_string(shape.attention[i]);
  }
  return text;
}

std::string describe_random_presets() {
  std::string text;
  for (const Preset& preset : presets) {
    if (preset.shape.empty()) continue;
    std::string name(preset.name);
    name.resize(14, ' ');
    text += "  " + name + std::string(preset.shape) + '\n';
  }
  return text;
}

}  // namespace ringlet::convert
