#include "model/verify.hpp"

#include <utility>

#include "base/features.hpp"
#include "kernels/cache_page.hpp"
#include "model/invalid_model.hpp"
#include "ringlet/config.hpp"

namespace ringlet {
namespace {

constexpr std::uint32_t largest_dimension = 1U << 24;  // products of two stay below 2^48
constexpr std::uint32_t largest_layer_count = 1U << 12;
// Within these bounds 2/cap and 2·cap are ordinary floats.
constexpr float smallest_softcap = 0x1p-10F;
constexpr float largest_softcap = 0x1p20F;
constexpr float largest_query_growth = 16;
constexpr std::uint32_t longest_convolution = 16;

struct Range {
  const char* name;
  std::uint32_t value;
  std::uint32_t most;
};

Status check_ranges(const Architecture& a) {
  const Range ranges[] = {{"vocab_size", a.vocab_size, largest_dimension},
                          {"dim", a.dim, largest_dimension},
                          {"hidden_dim", a.hidden_dim, largest_dimension},
                          {"layers", a.layers, largest_layer_count},
                          {"heads", a.heads, largest_dimension},
                          {"kv_heads", a.kv_heads, a.heads},
                          {"head_dim", a.head_dim, page::largest_head_dim},
                          {"context", a.trained_context, Config::largest_context}};
  for (const auto& [name, value, most] : ranges) {
    if (value == 0) return invalid_model(name, "must not be zero");
    if (value > most)
      return invalid_model(name, "larger than this runtime supports").at_most(most, value);
  }
  return {};
}

Status check_heads(const Architecture& a) {
  if (a.head_dim % 8 != 0)
    return invalid_model("head_dim", "must be a multiple of 8").got(a.head_dim);
  if (a.heads % a.kv_heads != 0) {
    return invalid_model("kv_heads", "must divide heads").got(a.kv_heads);
  }
  if (std::uint64_t{a.heads} * a.head_dim > largest_dimension) {
    return invalid_model("heads", "heads times head_dim is larger than this runtime supports");
  }
  if (a.rotary_dim > a.head_dim || a.rotary_dim % 2 != 0) {
    return invalid_model("rotary_dim", "must be even and at most head_dim")
        .at_most(a.head_dim, a.rotary_dim);
  }
  return {};
}

/// The inputs of layers.
Status check_per_layer_inputs(const schema::Model& model, const Architecture& a) {
  for (const void* part : {static_cast<const void*>(model.per_layer_embedding()),
                           static_cast<const void*>(model.per_layer_projection()),
                           static_cast<const void*>(model.per_layer_norm())}) {
    if ((part != nullptr) != (a.per_layer_dim != 0)) {
      return invalid_model("per_layer_embedding",
                           "embedding, projection and norm belong to per_layer_dim, all of them");
    }
  }
  if (a.per_layer_dim == 0) return {};
  if (a.per_layer_dim > a.dim || std::uint64_t{a.per_layer_dim} * a.layers > largest_dimension) {
    return invalid_model("per_layer_dim", "larger than this runtime supports").got(a.per_layer_dim);
  }
  const schema::Architecture& table = *model.architecture();
  if (!positive_and_finite(table.per_layer_scale()) ||
      !positive_and_finite(table.per_layer_epsilon())) {
    return invalid_model("per_layer_scale", "scale and epsilon must be positive and finite");
  }
  return {};
}

/// The sizes of gated delta rules.
Status check_state(const schema::Architecture& a, const Architecture& out) {
  constexpr std::uint32_t most_heads = 1U << 12;
  const Range ranges[] = {{"state_heads", a.state_heads(), most_heads},
                          {"state_key_heads", a.state_key_heads(), a.state_heads()},
                          {"state_head_dim", a.state_head_dim(), page::largest_head_dim},
                          {"state_key_dim", a.state_key_dim(), page::largest_head_dim}};
  std::uint32_t all = 0;
  for (const Range& range : ranges) all |= range.value;
  if (all == 0) return {};
  for (const auto& [name, value, most] : ranges) {
    if (value == 0) return invalid_model(name, "must not be zero");
    if (value > most)
      return invalid_model(name, "larger than this runtime supports").at_most(most, value);
  }
  if (a.state_heads() % a.state_key_heads() != 0) {
    return invalid_model("state_key_heads", "must divide state_heads").got(a.state_key_heads());
  }
  for (const auto& [name, value, most] : {ranges[2], ranges[3]}) {
    if (value % 16 != 0) return invalid_model(name, "must be a multiple of 16").got(value);
  }
  if (std::uint64_t{out.convolution} * out.state_channels() > largest_dimension) {
    return invalid_model("state_heads", "heads times sizes are larger than this runtime supports");
  }
  return {};
}

/// The settings that only some families have.
Status check_options(const schema::Architecture& a, const Architecture& out) {
  if (a.norm() > schema::NormKind::MAX || a.activation() > schema::Activation::MAX) {
    return {ErrorCode::unsupported, a.norm() > schema::NormKind::MAX ? "norm" : "activation",
            "unknown kind"};
  }
  if (!positive_and_finite(out.embedding_scale)) {
    return invalid_model("embedding_scale", "must be positive and finite");
  }
  if (!positive_and_finite(out.rotary_scale)) {
    return invalid_model("rotary_scale", "must be positive and finite");
  }
  if (!positive_and_finite(out.residual_scale)) {
    return invalid_model("residual_scale", "must be positive and finite");
  }
  if (!(out.query_growth >= 0 && out.query_growth <= largest_query_growth)) {
    return invalid_model("query_growth", "must be between 0 and 16");
  }
  if (out.query_growth != 0 && (out.query_growth_length == 0 || out.norm_after_rotary)) {
    return invalid_model("query_growth", "needs a length, and no norms after rotation");
  }
  for (const auto& [name, cap] : {std::pair{"attention_softcap", out.attention_softcap},
                                  std::pair{"logit_softcap", out.logit_softcap}}) {
    if (cap != 0 && !(cap >= smallest_softcap && cap <= largest_softcap)) {
      return invalid_model(name, "must be 0 or between 2^-10 and 2^20");
    }
  }
  if (out.learned_positions != 0 && out.learned_positions < out.trained_context) {
    return invalid_model("positions", "fewer rows than the context")
        .with(out.trained_context, out.learned_positions);
  }
  return {};
}

/// Each table of rotary frequencies has one entry per pair.
Status check_rotary_frequencies(const schema::Architecture& a, const Architecture& out) {
  struct Table {
    const char* name;
    const flatbuffers::Vector<std::uint64_t>* steps;
    std::uint32_t dimensions;
  };
  const Table tables[] = {{"rotary_frequencies", a.rotary_frequencies(), out.rotary_dim},
                          {"rotary_frequencies_local", a.rotary_frequencies_local(),
                           features::per_layer ? out.local_rotary_dim : out.rotary_dim},
                          {"rotary_frequencies_long", a.rotary_frequencies_long(), out.rotary_dim}};
  for (const auto& [name, steps, dimensions] : tables) {
    const std::uint32_t pairs = dimensions / 2;
    if (steps != nullptr && steps->size() != pairs) {
      return invalid_model(name, "must have one entry for each rotary pair")
          .with(pairs, steps->size());
    }
  }
  return {};
}

/// What only some families have keeps its neutral value in a build without them, which refuses the
/// models that have it (required_features.hpp).
Architecture read_architecture(const schema::Model& model) {
  const schema::Architecture& a = *model.architecture();
  Architecture out{.vocab_size = a.vocab_size(),
                   .dim = a.dim(),
                   .hidden_dim = a.hidden_dim(),
                   .layers = a.layers(),
                   .heads = a.heads(),
                   .kv_heads = a.kv_heads(),
                   .head_dim = a.head_dim(),
                   .rotary_dim = a.rotary_dim(),
                   .trained_context = a.context(),
                   .norm_epsilon = a.norm_epsilon(),
                   .attention_scale = a.attention_scale(),
                   .tied_embedding = a.tied_embedding()};
  if (features::recurrent) {
    // One that is too long stays too long.
    out.convolution = static_cast<std::uint8_t>(std::min(a.convolution(), longest_convolution + 1));
    out.state_heads = static_cast<std::uint16_t>(a.state_heads());
    out.state_key_heads = static_cast<std::uint16_t>(a.state_key_heads());
    out.state_head_dim = static_cast<std::uint16_t>(a.state_head_dim());
    out.state_key_dim = static_cast<std::uint16_t>(a.state_key_dim());
    for (const schema::Layer* layer : *model.layers()) {
      out.attended_gate = out.attended_gate || layer->attended_gate() != nullptr;
    }
  }
  if (features::per_layer) {
    // One that is too large stays too large.
    out.per_layer_dim =
        static_cast<std::uint16_t>(std::min<std::uint32_t>(a.per_layer_dim(), 0xFFFF));
  }
  if (!features::families) return out;
  out.norm = static_cast<NormKind>(a.norm());
  out.activation = static_cast<Activation>(a.activation());
  out.embedding_scale = a.embedding_scale();
  out.attention_softcap = a.attention_softcap();
  out.logit_softcap = a.logit_softcap();
  out.rotary_scale = a.rotary_scale();
  if (const auto* local = a.rotary_frequencies_local()) {
    out.local_rotary = true;
    out.local_rotary_dim =
        static_cast<std::uint16_t>(2 * std::min<std::uint32_t>(local->size(), 0x7FFF));
  }
  out.learned_positions = model.positions() != nullptr ? model.positions()->rows() : 0;
  out.residual_scale = a.residual_scale();
  out.parallel_blocks = a.parallel_blocks();
  out.norm_after_rotary = a.norm_after_rotary();
  out.query_growth = a.query_growth();
  out.query_growth_length = a.query_growth_length();
  return out;
}

}  // namespace

Status verify_sizes(const Architecture& a) noexcept {
  const Status status = check_ranges(a);
  return status.ok() ? check_heads(a) : status;
}

Status verify_architecture(const schema::Model& model, Architecture& out) noexcept {
  const schema::Architecture& a = *model.architecture();
  out = read_architecture(model);
  Status status = verify_sizes(out);
  if (features::families && status.ok() && out.learned_positions > largest_dimension) {
    status = invalid_model("positions", "more rows than this runtime supports");
  }
  if (features::families && status.ok()) status = check_options(a, out);
  if (features::recurrent && status.ok()) status = check_state(a, out);
  if (features::per_layer && status.ok()) status = check_per_layer_inputs(model, out);
  if (features::recurrent && status.ok() &&
      (out.convolution > longest_convolution ||
       std::uint64_t{out.convolution} * out.dim > largest_dimension)) {
    status = invalid_model("convolution", "longer than this runtime supports").got(out.convolution);
  }
  if (!status.ok()) return status;
  if (!positive_and_finite(out.norm_epsilon))
    return invalid_model("norm_epsilon", "must be positive and finite");
  if (!positive_and_finite(out.attention_scale)) {
    return invalid_model("attention_scale", "must be positive and finite");
  }
  status = check_rotary_frequencies(a, out);
  if (!status.ok()) return status;
  if (model.layers()->size() != out.layers) {
    return invalid_model("layers",
                         "the layer table and the architecture disagree on the number of layers")
        .with(out.layers, model.layers()->size());
  }
  if (!out.tied_embedding && model.lm_head() == nullptr) {
    return invalid_model("lm_head", "missing, and not tied to the embedding");
  }
  return verify_layers(model, out);
}

}  // namespace ringlet
