#include "decoder/scratch.hpp"

#include <algorithm>

#include "base/features.hpp"
#include "kernels/packed_layout.hpp"
#include "model/as_built.hpp"
#include "model/layer_sizes.hpp"
#include "model/weights.hpp"

namespace ringlet {
namespace {

/// Rows are padded to whole panels, because matrix products write whole panels.
constexpr std::uint32_t row_stride(std::uint32_t n) {
  return static_cast<std::uint32_t>(packed::padded_rows(n));
}

constexpr std::uint64_t rows_bytes(std::uint32_t n, std::uint64_t tokens) {
  return tokens * row_stride(n) * std::uint64_t{sizeof(float)};
}

// Padded to 16 groups, so that scales and offsets of every token begin on a cache line.
constexpr std::uint64_t group_stride(std::uint64_t columns) {
  return (packed::groups(columns) + 15) / 16 * 16;
}

// An odd number of cache lines, so that the codes of several tokens do not compete for the same
// cache sets.
constexpr std::uint64_t code_stride(std::uint64_t columns) {
  return MemoryPlan::aligned(packed::padded_columns(columns)) | 64;
}

constexpr std::uint64_t quantized_bytes(std::uint32_t columns, std::uint64_t tokens) {
  return tokens * (code_stride(columns) + 2 * group_stride(columns) * sizeof(float));
}

QuantizedRows quantized(const Arena& arena, SectionId section, std::uint32_t columns,
                        std::uint32_t tokens) {
  const auto codes = static_cast<std::uint32_t>(code_stride(columns));
  const auto groups = static_cast<std::uint32_t>(group_stride(columns));
  std::byte* base = arena.bytes(section).data();
  auto* scales = reinterpret_cast<float*>(base + std::size_t{codes} * tokens);
  auto* offsets = reinterpret_cast<std::int32_t*>(scales + std::size_t{groups} * tokens);
  return {{reinterpret_cast<std::int8_t*>(base), scales, offsets}, codes, groups};
}

/// The number of floats per token in a buffer.
enum class Width : std::uint8_t { dim, residual, hidden, query, kv, value, mixed, attended };

/// `attended` numbers where attention has them. There a short convolution has dim, and a gated
/// delta rule `state`.
std::uint32_t widened(const Architecture& a, std::uint32_t attended, std::uint32_t state) {
  if (convolution(a) == 0) return attended;
  return std::max(attended, a.state_heads == 0 ? a.dim : state);
}

/// What mixers give to wo.
std::uint32_t mixed_width(const Architecture& a) {
  return widened(a, a.query_dim(), a.state_values());
}

/// The same, with the gates in the same row.
std::uint32_t attended_width(const Architecture& a) {
  if (!has_attended_gate(a)) return mixed_width(a);
  return 2 * row_stride(mixed_width(a)) + 2 * a.state_heads + a.state_key_heads;
}

std::uint32_t width_in(const Architecture& a, Width width) {
  switch (width) {
    case Width::dim:
      return a.dim;
    case Width::residual:
      return per_layer_dim(a) == 0 ? a.dim : row_stride(a.dim) + a.layers * per_layer_dim(a);
    case Width::hidden:
      if (per_layer_dim(a) == 0) return a.hidden_dim;
      return std::max({a.hidden_dim, a.dim, per_layer_dim(a)});
    case Width::query:
      return widened(a, a.query_dim(), a.state_queries());
    case Width::kv:
      return widened(a, a.kv_dim(), a.state_queries());
    case Width::value:
      return widened(a, a.kv_dim(), a.state_values());
    case Width::mixed:
      return mixed_width(a);
    case Width::attended:
      return attended_width(a);
  }
  return 0;
}

/// The most that any layer needs.
std::uint32_t width_of(const Model& model, Width width) {
  return most_of_layers(model, [&](const Architecture& a) { return width_in(a, width); });
}

std::uint64_t workspace_bytes(const Model& model, const Config& config, bool key_biases) {
  const std::uint32_t kept = most_kept_segments(config);
  return most_of_layers(
      model, [&](const Architecture& a) { return attention_workspace_bytes(a, kept, key_biases); });
}

/// Floats of the cosines, or sines, of the rows of a pass.
std::uint64_t angle_floats(const Config& config, std::uint32_t rotary_dim) {
  return std::uint64_t{config.prefill_chunk} * row_stride(rotary_dim / 2);
}

/// A buffer of floats, or of quantized floats, and the stages in which it is alive.
struct Buffer {
  Rows Scratch::*rows;  // exactly one of the two is set
  QuantizedRows Scratch::*codes;
  SectionId section;
  Width width;
  Stage first;
  Stage last;

  /// Logits are computed only after the last token of a prefill, and after those of a verify.
  [[nodiscard]] std::uint32_t tokens(const Config& config, std::uint32_t logits_rows) const {
    return first == Stage::logits ? logits_rows : config.prefill_chunk;
  }
};

constexpr Buffer floats(SectionId section, Rows Scratch::*rows, Width width, Stage first,
                        Stage last) {
  return {rows, nullptr, section, width, first, last};
}
constexpr Buffer int8(SectionId section, QuantizedRows Scratch::*codes, Width width, Stage first,
                      Stage last) {
  return {nullptr, codes, section, width, first, last};
}

constexpr Buffer buffers[] = {
    floats(SectionId::residual, &Scratch::residual, Width::residual, Stage::embed, Stage::logits),
    floats(SectionId::gate, &Scratch::gate, Width::hidden, Stage::gate_up, Stage::down),
    floats(SectionId::up, &Scratch::up, Width::hidden, Stage::gate_up, Stage::down),
    floats(SectionId::queries, &Scratch::queries, Width::query, Stage::project_qkv, Stage::attend),
    floats(SectionId::keys, &Scratch::keys, Width::kv, Stage::project_qkv, Stage::attend),
    floats(SectionId::values, &Scratch::values, Width::value, Stage::project_qkv, Stage::attend),
    floats(SectionId::attended, &Scratch::attended, Width::attended, Stage::attend,
           Stage::project_output),
    floats(SectionId::attention_input, &Scratch::attention_input, Width::dim, Stage::attention_norm,
           Stage::project_qkv),
    int8(SectionId::attention_input_int8, &Scratch::attention_input_codes, Width::dim,
         Stage::attention_norm, Stage::project_qkv),
    int8(SectionId::attended_int8, &Scratch::attended_codes, Width::mixed, Stage::project_output,
         Stage::project_output),
    floats(SectionId::attention_output, &Scratch::attention_output, Width::dim,
           Stage::project_output, Stage::project_output),
    floats(SectionId::ffn_input, &Scratch::ffn_input, Width::dim, Stage::ffn_norm, Stage::gate_up),
    int8(SectionId::ffn_input_int8, &Scratch::ffn_input_codes, Width::dim, Stage::ffn_norm,
         Stage::gate_up),
    int8(SectionId::hidden_int8, &Scratch::hidden_codes, Width::hidden, Stage::down, Stage::down),
    floats(SectionId::ffn_output, &Scratch::ffn_output, Width::dim, Stage::down, Stage::down),
    floats(SectionId::logits_input, &Scratch::logits_input, Width::dim, Stage::logits,
           Stage::logits),
    int8(SectionId::logits_input_int8, &Scratch::logits_input_codes, Width::dim, Stage::logits,
         Stage::logits),
};

}  // namespace

Rows attended_gate(const Scratch& scratch, const Architecture& a) noexcept {
  return {scratch.attended.data + row_stride(mixed_width(a)), scratch.attended.stride};
}

Rows per_layer_inputs(const Scratch& scratch, const Architecture& a) noexcept {
  return {scratch.residual.data + row_stride(a.dim), scratch.residual.stride};
}

Rows state_gates(const Scratch& scratch, const Architecture& a) noexcept {
  return {scratch.attended.data + std::size_t{2} * row_stride(mixed_width(a)),
          scratch.attended.stride};
}

Status plan_scratch(const Model& model, const Config& config, std::uint32_t logits_rows,
                    MemoryPlan& plan) noexcept {
  const Architecture& a = model.architecture();
  const bool key_biases = has_key_bias(model);
  Status status;
  const auto add = [&](SectionId id, std::uint64_t bytes, Stage first, Stage last) {
    if (status.ok()) status = plan.add(id, bytes, first, last).status();
  };
  const std::uint64_t angles =
      4 * angle_floats(config, a.rotary_dim) + 2 * angle_floats(config, a.local_rotary_dim);
  add(SectionId::rotary_angles, angles * sizeof(float), Stage::embed, Stage::logits);
  if (features::key_bias && key_biases) {
    const std::uint64_t floats =
        key_bias_table_floats(a.rotary_dim) + key_bias_table_floats(a.local_rotary_dim);
    add(SectionId::key_bias_table, floats * sizeof(float), Stage::embed, Stage::logits);
  }
  for (const Buffer& buffer : buffers) {
    const std::uint32_t width = width_of(model, buffer.width);
    const std::uint32_t tokens = buffer.tokens(config, logits_rows);
    // In parallel blocks it is added after the feed-forward block has read the residual.
    // Gates are in its rows.
    const bool is_projected = has_attended_gate(a) && buffer.section == SectionId::attended;
    const bool waits = has_parallel_blocks(a) && buffer.section == SectionId::attention_output;
    // Inputs of layers begin with a product of the embedding.
    const bool embeds = per_layer_dim(a) != 0 && buffer.section == SectionId::attention_input_int8;
    const Stage first = embeds ? Stage::embed : buffer.first;
    add(buffer.section,
        buffer.rows != nullptr ? rows_bytes(width, tokens) : quantized_bytes(width, tokens),
        is_projected ? Stage::project_qkv : first, waits ? Stage::ffn_norm : buffer.last);
  }
  add(SectionId::attention_workspaces, config.threads * workspace_bytes(model, config, key_biases),
      Stage::attend, Stage::attend);
  return status;
}

Scratch make_scratch(const Model& model, const Config& config, std::uint32_t logits_rows,
                     const Arena& arena) noexcept {
  const Architecture& a = model.architecture();
  const bool key_biases = has_key_bias(model);
  const std::uint32_t pairs = a.rotary_dim / 2;
  const std::uint32_t stride = row_stride(pairs);
  const std::size_t angles = std::size_t{config.prefill_chunk} * stride;
  auto* rotary = arena.array<float>(SectionId::rotary_angles);
  Scratch scratch;
  scratch.rotary = {rotary, rotary + angles, pairs, stride};
  scratch.sink_rotary = {rotary + 2 * angles, rotary + 3 * angles, pairs, stride};
  if (has_local_rotary(a)) {
    const std::uint32_t own = a.local_rotary_dim / 2;
    float* local = rotary + 4 * angles;
    scratch.local_rotary = {
        local, local + static_cast<std::size_t>(angle_floats(config, a.local_rotary_dim)), own,
        row_stride(own)};
  }
  for (const Buffer& buffer : buffers) {
    const std::uint32_t width = width_of(model, buffer.width);
    if (buffer.rows != nullptr) {
      scratch.*buffer.rows = {arena.array<float>(buffer.section), row_stride(width)};
    } else {
      scratch.*buffer.codes =
          quantized(arena, buffer.section, width, buffer.tokens(config, logits_rows));
    }
  }
  scratch.workspaces = {arena.bytes(SectionId::attention_workspaces).data(),
                        most_kept_segments(config),
                        static_cast<std::uint32_t>(workspace_bytes(model, config, key_biases) /
                                                   MemoryPlan::alignment) &
                            0x7FFFFFFFU,
                        key_biases};
  scratch.logits_tile = arena.array<float>(SectionId::logits_tile);
  if (key_biases) scratch.key_bias_table = arena.array<float>(SectionId::key_bias_table);
  return scratch;
}

}  // namespace ringlet
