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

Rows rows(const Arena& arena, const char* name, std::uint32_t n) {
  return {arena.array<float>(name), row_stride(n)};
}

QuantizedRows quantized(const Arena& arena, const char* name, std::uint32_t columns,
                        std::uint32_t tokens) {
  const auto codes = static_cast<std::uint32_t>(code_stride(columns));
  const auto groups = static_cast<std::uint32_t>(group_stride(columns));
  std::byte* base = arena.bytes(name).data();
  auto* scales = reinterpret_cast<float*>(base + std::size_t{codes} * tokens);
  auto* offsets = reinterpret_cast<std::int32_t*>(scales + std::size_t{groups} * tokens);
  return {{reinterpret_cast<std::int8_t*>(base), scales, offsets}, codes, groups};
}

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
  const std::uint32_t query_dim = a.query_dim();
  add("residual", rows_bytes(a.dim, n), Step::embed, Step::head);
  add("rotary angles", (a.local_rotary ? 6 : 4) * n * row_stride(a.rotary_dim / 2) * sizeof(float),
      Step::embed, Step::head);
  add("gate", rows_bytes(a.hidden_dim, n), Step::gate_up, Step::down);
  add("up", rows_bytes(a.hidden_dim, n), Step::gate_up, Step::down);
  add("queries", rows_bytes(query_dim, n), Step::project_qkv, Step::attend);
  add("keys", rows_bytes(a.kv_dim(), n), Step::project_qkv, Step::attend);
  add("values", rows_bytes(a.kv_dim(), n), Step::project_qkv, Step::attend);
  add("attended", rows_bytes(query_dim, n), Step::attend, Step::project_output);
  add("attention lanes", config.lanes * LaneSizes(a, most_kept(config), key_biases).total(),
      Step::attend, Step::attend);
  if (features::key_bias && key_biases) {
    const std::uint64_t tables = a.local_rotary ? 2 : 1;
    add("key bias table", tables * key_bias_table_floats(a.rotary_dim) * sizeof(float), Step::embed,
        Step::head);
  }
  add("attention input", rows_bytes(a.dim, n), Step::attention_norm, Step::project_qkv);
  add("attention input int8", quantized_bytes(a.dim, n), Step::attention_norm, Step::project_qkv);
  add("attended int8", quantized_bytes(query_dim, n), Step::project_output, Step::project_output);
  add("attention output", rows_bytes(a.dim, n), Step::project_output, Step::project_output);
  add("ffn input", rows_bytes(a.dim, n), Step::ffn_norm, Step::gate_up);
  add("ffn input int8", quantized_bytes(a.dim, n), Step::ffn_norm, Step::gate_up);
  add("hidden int8", quantized_bytes(a.hidden_dim, n), Step::down, Step::down);
  add("ffn output", rows_bytes(a.dim, n), Step::down, Step::down);
  add("head input", rows_bytes(a.dim, 1), Step::head, Step::head);
  add("head input int8", quantized_bytes(a.dim, 1), Step::head, Step::head);
  return status;
}

Scratch make_scratch(const Architecture& a, const Config& config, bool key_biases,
                     const Arena& arena) noexcept {
  const std::uint32_t n = config.prefill_chunk;
  const std::uint32_t pairs = a.rotary_dim / 2;
  const std::size_t angles = std::size_t{n} * row_stride(pairs);
  auto* rotary = arena.array<float>("rotary angles");
  RotaryRows local;
  if (a.local_rotary) local = {rotary + 4 * angles, rotary + 5 * angles, pairs, row_stride(pairs)};
  return {.residual = rows(arena, "residual", a.dim),
          .rotary = {rotary, rotary + angles, pairs, row_stride(pairs)},
          .pinned_rotary = {rotary + 2 * angles, rotary + 3 * angles, pairs, row_stride(pairs)},
          .local_rotary = local,
          .attention_input = rows(arena, "attention input", a.dim),
          .attention_input_codes = quantized(arena, "attention input int8", a.dim, n),
          .queries = rows(arena, "queries", a.query_dim()),
          .keys = rows(arena, "keys", a.kv_dim()),
          .values = rows(arena, "values", a.kv_dim()),
          .attended = rows(arena, "attended", a.query_dim()),
          .attended_codes = quantized(arena, "attended int8", a.query_dim(), n),
          .attention_output = rows(arena, "attention output", a.dim),
          .ffn_input = rows(arena, "ffn input", a.dim),
          .ffn_input_codes = quantized(arena, "ffn input int8", a.dim, n),
          .gate = rows(arena, "gate", a.hidden_dim),
          .up = rows(arena, "up", a.hidden_dim),
          .hidden_codes = quantized(arena, "hidden int8", a.hidden_dim, n),
          .ffn_output = rows(arena, "ffn output", a.dim),
          .head_input = rows(arena, "head input", a.dim),
          .head_input_codes = quantized(arena, "head input int8", a.dim, 1),
          .lanes = arena.bytes("attention lanes").data(),
          .key_bias_table = key_biases ? arena.array<float>("key bias table") : nullptr,
          .kept_segments = most_kept(config)};
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
