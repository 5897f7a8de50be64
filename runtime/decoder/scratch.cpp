#include "decoder/scratch.hpp"

#include "base/features.hpp"
#include "kernels/cache_page.hpp"
#include "kernels/packed_layout.hpp"

namespace ringlet {
namespace {

constexpr std::uint64_t line = MemoryPlan::alignment;

constexpr std::uint64_t in_lines(std::uint64_t bytes) { return (bytes + line - 1) / line * line; }

/// Rows are padded to whole panels, as matrix products write them.
constexpr std::uint32_t row_stride(std::uint32_t n) {
  return static_cast<std::uint32_t>(packed::padded_rows(n));
}

constexpr std::uint64_t rows_bytes(std::uint32_t n, std::uint64_t tokens) {
  return tokens * row_stride(n) * std::uint64_t{sizeof(float)};
}

// Groups are padded to 16 so that scales and offsets of every token begin on a line.
constexpr std::uint64_t group_stride(std::uint64_t columns) {
  return (packed::groups(columns) + 15) / 16 * 16;
}

// An odd number of lines, so that the codes of several tokens do not fall into the same few sets of
// a cache.
constexpr std::uint64_t code_stride(std::uint64_t columns) {
  return in_lines(packed::padded_columns(columns)) | 64;
}

constexpr std::uint64_t quantized_bytes(std::uint32_t columns, std::uint64_t tokens) {
  return tokens * (code_stride(columns) + 2 * group_stride(columns) * sizeof(float));
}

/// The parts of a lane's memory for key biases, each on lines of its own.
struct KeyBiasSizes {
  std::uint64_t offsets, phasors, steps, angles, pairs;
  explicit constexpr KeyBiasSizes(const Architecture& a)
      : offsets(in_lines(std::uint64_t{a.heads_per_kv()} * sizeof(float))),
        phasors(in_lines(std::uint64_t{a.heads_per_kv()} * a.rotary_dim * sizeof(float))),
        steps(in_lines(a.rotary_dim / 2 * sizeof(std::uint64_t))),
        angles(in_lines(a.rotary_dim * sizeof(float))),
        pairs(in_lines(a.rotary_dim / 2 * sizeof(std::uint16_t))) {}
  [[nodiscard]] constexpr std::uint64_t total() const {
    return offsets + 2 * phasors + steps + 2 * angles + pairs;
  }
};

/// The most segments that a lane has to keep of one token and kv head. Pinned, cold and hot
/// positions, together the context, each may begin and end inside a segment; one of them all is the
/// first, which is never kept. A lane alone keeps none.
constexpr std::uint32_t most_kept(const Config& config) {
  return !features::threads || config.lanes == 1 ? 0 : config.context / page::segment_positions + 4;
}

/// The parts of a lane, each on lines of its own.
struct LaneSizes {
  std::uint64_t queries, query_codes, query_scales, scores, values, states, kept_values,
      kept_states, bias;
  constexpr LaneSizes(const Architecture& a, std::uint64_t kept, bool key_biases)
      : queries(in_lines(std::uint64_t{a.heads_per_kv()} * a.head_dim * sizeof(float))),
        query_codes(in_lines(std::uint64_t{a.heads_per_kv()} * page::query_stride(a.head_dim))),
        query_scales(in_lines(std::uint64_t{a.heads_per_kv()} * sizeof(float))),
        scores(in_lines(std::uint64_t{a.heads_per_kv()} * page::segment_positions * sizeof(float))),
        values(queries),
        states(in_lines(std::uint64_t{a.heads_per_kv()} * sizeof(SoftmaxState))),
        kept_values(in_lines(kept * std::uint64_t{a.heads_per_kv()} * a.head_dim * sizeof(float))),
        kept_states(in_lines(kept * std::uint64_t{a.heads_per_kv()} * sizeof(SoftmaxState))),
        bias(features::key_bias && key_biases ? KeyBiasSizes(a).total() : 0) {}
  [[nodiscard]] constexpr std::uint64_t total() const {
    return queries + query_codes + query_scales + scores + values + 2 * states + kept_values +
           kept_states + bias;
  }
};
static_assert(sizeof(SoftmaxState) == 8, "the plan is the same on every target");

QuantizedRows quantized(const Arena& arena, const char* name, std::uint32_t columns,
                        std::uint32_t tokens) {
  const auto codes = static_cast<std::uint32_t>(code_stride(columns));
  const auto groups = static_cast<std::uint32_t>(group_stride(columns));
  std::byte* base = arena.bytes(name).data();
  auto* scales = reinterpret_cast<float*>(base + std::size_t{codes} * tokens);
  auto* offsets = reinterpret_cast<std::int32_t*>(scales + std::size_t{groups} * tokens);
  return {{reinterpret_cast<std::int8_t*>(base), scales, offsets}, codes, groups};
}

/// How many numbers a token has in a buffer.
enum class Width : std::uint8_t { dim, hidden, query, kv };

std::uint32_t width_of(const Architecture& a, Width width) {
  switch (width) {
    case Width::dim:
      return a.dim;
    case Width::hidden:
      return a.hidden_dim;
    case Width::query:
      return a.query_dim();
    case Width::kv:
      return a.kv_dim();
  }
  return 0;
}

/// Floats of the tokens, or those quantized, and in which steps they are alive.
struct Buffer {
  const char* name;
  Rows Scratch::*rows;  // one of the two
  QuantizedRows Scratch::*codes;
  Width width;
  Step first;
  Step last;

  /// The head works on the last token alone.
  [[nodiscard]] std::uint32_t tokens(const Config& config) const {
    return first == Step::head ? 1 : config.prefill_chunk;
  }
};

constexpr Buffer floats(const char* name, Rows Scratch::*rows, Width width, Step first, Step last) {
  return {name, rows, nullptr, width, first, last};
}
constexpr Buffer int8(const char* name, QuantizedRows Scratch::*codes, Width width, Step first,
                      Step last) {
  return {name, nullptr, codes, width, first, last};
}

constexpr Buffer buffers[] = {
    floats("residual", &Scratch::residual, Width::dim, Step::embed, Step::head),
    floats("gate", &Scratch::gate, Width::hidden, Step::gate_up, Step::down),
    floats("up", &Scratch::up, Width::hidden, Step::gate_up, Step::down),
    floats("queries", &Scratch::queries, Width::query, Step::project_qkv, Step::attend),
    floats("keys", &Scratch::keys, Width::kv, Step::project_qkv, Step::attend),
    floats("values", &Scratch::values, Width::kv, Step::project_qkv, Step::attend),
    floats("attended", &Scratch::attended, Width::query, Step::attend, Step::project_output),
    floats("attention input", &Scratch::attention_input, Width::dim, Step::attention_norm,
           Step::project_qkv),
    int8("attention input int8", &Scratch::attention_input_codes, Width::dim, Step::attention_norm,
         Step::project_qkv),
    int8("attended int8", &Scratch::attended_codes, Width::query, Step::project_output,
         Step::project_output),
    floats("attention output", &Scratch::attention_output, Width::dim, Step::project_output,
           Step::project_output),
    floats("ffn input", &Scratch::ffn_input, Width::dim, Step::ffn_norm, Step::gate_up),
    int8("ffn input int8", &Scratch::ffn_input_codes, Width::dim, Step::ffn_norm, Step::gate_up),
    int8("hidden int8", &Scratch::hidden_codes, Width::hidden, Step::down, Step::down),
    floats("ffn output", &Scratch::ffn_output, Width::dim, Step::down, Step::down),
    floats("head input", &Scratch::head_input, Width::dim, Step::head, Step::head),
    int8("head input int8", &Scratch::head_input_codes, Width::dim, Step::head, Step::head),
};

}  // namespace

Status plan_scratch(const Architecture& a, const Config& config, bool key_biases,
                    MemoryPlan& plan) noexcept {
  Status status;
  const auto add = [&](const char* name, std::uint64_t bytes, Step first, Step last) {
    if (!status.ok()) return;
    status =
        plan.add(name, bytes, static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(last))
            .status();
  };
  const std::uint64_t n = config.prefill_chunk;
  add("rotary angles", (a.local_rotary ? 6 : 4) * n * row_stride(a.rotary_dim / 2) * sizeof(float),
      Step::embed, Step::head);
  if (features::key_bias && key_biases) {
    const std::uint64_t tables = a.local_rotary ? 2 : 1;
    add("key bias table", tables * key_bias_table_floats(a.rotary_dim) * sizeof(float), Step::embed,
        Step::head);
  }
  for (const Buffer& buffer : buffers) {
    const std::uint32_t width = width_of(a, buffer.width);
    const std::uint32_t tokens = buffer.tokens(config);
    add(buffer.name,
        buffer.rows != nullptr ? rows_bytes(width, tokens) : quantized_bytes(width, tokens),
        buffer.first, buffer.last);
  }
  add("attention lanes", config.lanes * LaneSizes(a, most_kept(config), key_biases).total(),
      Step::attend, Step::attend);
  return status;
}

Scratch make_scratch(const Architecture& a, const Config& config, bool key_biases,
                     const Arena& arena) noexcept {
  const std::uint32_t pairs = a.rotary_dim / 2;
  const std::uint32_t stride = row_stride(pairs);
  const std::size_t angles = std::size_t{config.prefill_chunk} * stride;
  auto* rotary = arena.array<float>("rotary angles");
  Scratch scratch;
  scratch.rotary = {rotary, rotary + angles, pairs, stride};
  scratch.pinned_rotary = {rotary + 2 * angles, rotary + 3 * angles, pairs, stride};
  if (a.local_rotary) {
    scratch.local_rotary = {rotary + 4 * angles, rotary + 5 * angles, pairs, stride};
  }
  for (const Buffer& buffer : buffers) {
    const std::uint32_t width = width_of(a, buffer.width);
    if (buffer.rows != nullptr) {
      scratch.*buffer.rows = {arena.array<float>(buffer.name), row_stride(width)};
    } else {
      scratch.*buffer.codes = quantized(arena, buffer.name, width, buffer.tokens(config));
    }
  }
  scratch.lanes = arena.bytes("attention lanes").data();
  if (key_biases) scratch.key_bias_table = arena.array<float>("key bias table");
  scratch.kept_segments = most_kept(config);
  return scratch;
}

AttentionLane Scratch::lane(const Architecture& a, std::uint32_t index) const noexcept {
  const bool key_biases = features::key_bias && key_bias_table != nullptr;
  const LaneSizes sizes(a, kept_segments, key_biases);
  std::byte* next = lanes + static_cast<std::size_t>(index * sizes.total());
  const auto take = [&next](std::uint64_t bytes) {
    std::byte* taken = next;
    next += static_cast<std::size_t>(bytes);
    return taken;
  };
  AttentionLane lane;
  lane.queries = reinterpret_cast<float*>(take(sizes.queries));
  lane.query_codes = reinterpret_cast<std::int8_t*>(take(sizes.query_codes));
  lane.query_scales = reinterpret_cast<float*>(take(sizes.query_scales));
  lane.scores = reinterpret_cast<float*>(take(sizes.scores));
  lane.values = reinterpret_cast<float*>(take(sizes.values));
  lane.segments = reinterpret_cast<SoftmaxState*>(take(sizes.states));
  lane.totals = reinterpret_cast<SoftmaxState*>(take(sizes.states));
  lane.kept_values = reinterpret_cast<float*>(take(sizes.kept_values));
  lane.kept_states = reinterpret_cast<SoftmaxState*>(take(sizes.kept_states));
  if (key_biases) {
    const KeyBiasSizes bias(a);
    lane.bias.offsets = reinterpret_cast<float*>(take(bias.offsets));
    lane.bias.phasors = reinterpret_cast<float*>(take(bias.phasors));
    lane.bias.page_phasors = reinterpret_cast<float*>(take(bias.phasors));
    lane.bias.steps = reinterpret_cast<std::uint64_t*>(take(bias.steps));
    lane.bias.angles = reinterpret_cast<float*>(take(bias.angles));
    lane.bias.page_angles = reinterpret_cast<float*>(take(bias.angles));
    lane.bias.pairs = reinterpret_cast<std::uint16_t*>(take(bias.pairs));
  }
  return lane;
}

}  // namespace ringlet
