// The settings of each layer: what must be there together, and what excludes each other.
#include "base/features.hpp"
#include "model/invalid_model.hpp"
#include "model/layer_sizes.hpp"
#include "model/verify.hpp"
#include "ringlet/config.hpp"

namespace ringlet {
namespace {

/// Tensors that are optional, and those that need each other.
Status check_layer_parts(const schema::Layer& layer, const Architecture& a) {
  if (layer.rotary() > schema::Rotary::MAX) {
    return {ErrorCode::unsupported, "layers.rotary", "unknown rotary kind"};
  }
  if (layer.rotary() == schema::Rotary::local && (!a.local_rotary || layer.window() == 0)) {
    return invalid_model("layers.rotary",
                         "local frequencies need their table and a window of the layer");
  }
  const bool reads_other = features::per_layer && layer.cache_of() >= 0;
  if (!reads_other && (layer.q_norm() == nullptr) != (layer.k_norm() == nullptr)) {
    return invalid_model("layers.q_norm", "q_norm and k_norm must both be present or both absent");
  }
  if ((layer.all_q_norm() == nullptr) != (layer.all_k_norm() == nullptr)) {
    return invalid_model("layers.all_q_norm", "both norms of all heads must be present, or none");
  }
  if (layer.all_q_norm() != nullptr && layer.q_norm() != nullptr) {
    return invalid_model("layers.all_q_norm",
                         "norms of each head and of all heads exclude each other");
  }
  if (a.norm_after_rotary && layer.key_bias() != nullptr) {
    return invalid_model("layers.key_bias", "not possible if keys are normalized after rotation");
  }
  if (layer.attention_norm() == nullptr && layer.attention_norm_bias() != nullptr) {
    return invalid_model("layers.attention_norm_bias", "present without attention_norm");
  }
  if (layer.ffn_norm() == nullptr && layer.ffn_norm_bias() != nullptr) {
    return invalid_model("layers.ffn_norm_bias", "present without ffn_norm");
  }
  if (layer.w_gate() != nullptr) return {};
  if (layer.b_gate() != nullptr) return invalid_model("layers.b_gate", "present without w_gate");
  if (a.activation == Activation::silu) {
    return invalid_model("layers.w_gate", "missing; silu needs a gate");
  }
  return {};
}

/// The layer whose cache a layer reads must fit it, and be stored for it.
Status check_cache_of(const schema::Model& model, const Architecture& a, std::uint32_t index) {
  const schema::Layer& layer = *model.layers()->Get(index);
  if (layer.cache_of() < 0) return {};
  const auto owner_index = static_cast<std::uint32_t>(layer.cache_of());
  if (owner_index >= index) {
    return invalid_model("layers.cache_of", "must be an earlier layer").got(owner_index);
  }
  const schema::Layer& owner = *model.layers()->Get(owner_index);
  const Architecture own = with_sizes_of(a, layer);
  const Architecture its = with_sizes_of(a, owner);
  const bool fits = owner.cache_of() < 0 && owner.mixer() == schema::MixerKind::attention &&
                    layer.mixer() == schema::MixerKind::attention && own.head_dim == its.head_dim &&
                    own.kv_heads == its.kv_heads && own.rotary_dim == its.rotary_dim &&
                    layer.window() == owner.window() && layer.rotary() == owner.rotary() &&
                    layer.hadamard_keys() == owner.hadamard_keys();
  if (!fits) {
    return invalid_model("layers.cache_of",
                         "must attend, store keys, and have the same heads, window and rotation");
  }
  for (const void* part :
       {static_cast<const void*>(layer.k_norm()), static_cast<const void*>(layer.v_norm()),
        static_cast<const void*>(layer.bk()), static_cast<const void*>(layer.bv()),
        static_cast<const void*>(layer.all_k_norm()), static_cast<const void*>(layer.key_bias()),
        static_cast<const void*>(owner.key_bias())}) {
    if (part != nullptr) {
      return invalid_model("layers.cache_of", "keys and values are those of the other layer");
    }
  }
  return {};
}

/// The parts and sizes that a layer can have for itself.
Status check_per_layer(const schema::Model& model, const Architecture& a, std::uint32_t index) {
  const schema::Layer& layer = *model.layers()->Get(index);
  const Architecture own = with_sizes_of(a, layer);
  Status status = verify_sizes(own);
  if (status.ok()) status = check_cache_of(model, a, index);
  if (!status.ok()) return status;
  const bool attends = layer.mixer() == schema::MixerKind::attention;
  if (!attends && (layer.v_norm() != nullptr || layer.values_are_keys())) {
    return invalid_model("layers.v_norm", "only a layer that attends has values of heads");
  }
  if (layer.values_are_keys() && layer.bv() != nullptr) {
    return invalid_model("layers.bv", "present, but values are keys");
  }
  for (const void* part : {static_cast<const void*>(layer.per_layer_gate()),
                           static_cast<const void*>(layer.per_layer_out()),
                           static_cast<const void*>(layer.per_layer_norm())}) {
    if ((part != nullptr) != (a.per_layer_dim != 0)) {
      return invalid_model("layers.per_layer_gate",
                           "gate, out and norm belong to per_layer_dim, all of them");
    }
  }
  if (!positive_and_finite(layer.output_scale())) {
    return invalid_model("layers.output_scale", "must be positive and finite");
  }
  return {};
}

/// What belongs to attention, and what to a convolution.
Status check_mixer(const schema::Layer& layer, const Architecture& a) {
  if (layer.mixer() > schema::MixerKind::MAX) {
    return {ErrorCode::unsupported, "layers.mixer", "unknown kind"};
  }
  const bool attends = layer.mixer() == schema::MixerKind::attention;
  const bool is_delta = layer.mixer() == schema::MixerKind::gated_delta;
  if (attends == (layer.taps() != nullptr)) {
    return invalid_model("layers.taps", "those of a convolution, and only these, must be present");
  }
  if (layer.taps_bias() != nullptr && layer.mixer() != schema::MixerKind::short_convolution) {
    return invalid_model("layers.taps_bias", "only a short convolution has it");
  }
  for (const void* part :
       {static_cast<const void*>(layer.state_gates()), static_cast<const void*>(layer.decay()),
        static_cast<const void*>(layer.step_bias()),
        static_cast<const void*>(layer.state_norm())}) {
    if (is_delta == (part != nullptr)) continue;
    return invalid_model("layers.state_gates",
                         "a gated delta rule, and only that, has state_gates, decay, step_bias and "
                         "state_norm");
  }
  if (layer.attended_gate() == nullptr ? is_delta : !is_delta && !attends) {
    return invalid_model("layers.attended_gate",
                         is_delta ? "missing" : "a short convolution has none");
  }
  if (attends) return {};
  if (a.convolution < 2) return invalid_model("convolution", "must be 2 to 16").got(a.convolution);
  if (is_delta != (a.state_heads != 0)) {
    return invalid_model("layers.mixer", "a model has recurrent layers of one kind");
  }
  if (is_delta && (layer.bq() != nullptr || layer.bk() != nullptr || layer.bv() != nullptr)) {
    return invalid_model("layers.bq", "a gated delta rule has no biases");
  }
  const bool has_more = layer.window() != 0 || layer.key_bias() != nullptr ||
                        layer.hadamard_keys() || layer.q_norm() != nullptr ||
                        layer.all_q_norm() != nullptr || layer.attended_norm() != nullptr ||
                        layer.rotary() == schema::Rotary::local;
  if (has_more)
    return invalid_model("layers.mixer", "only layers that attend have this layer's parts");
  return {};
}

}  // namespace

Status verify_layers(const schema::Model& model, const Architecture& a) noexcept {
  for (std::uint32_t i = 0; i < model.layers()->size(); ++i) {
    const schema::Layer& layer = *model.layers()->Get(i);
    if (layer.kv_keys() > schema::KvFormat::MAX || layer.kv_values() > schema::KvFormat::MAX) {
      return Status(ErrorCode::unsupported, "layers.kv", "unknown cache format").at(i);
    }
    if (layer.window() > Config::largest_context) {
      return invalid_model("layers.window", "larger than this runtime supports").at(i);
    }
    Status status = features::families ? check_layer_parts(layer, a) : Status();
    if (features::recurrent && status.ok()) status = check_mixer(layer, a);
    if (features::per_layer && status.ok()) status = check_per_layer(model, a, i);
    if (!status.ok()) return status.at(i);
  }
  return {};
}

}  // namespace ringlet
