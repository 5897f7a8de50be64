#include "source/gguf/gguf_harmless.hpp"

#include <array>

namespace ringlet::convert {
namespace {

constexpr std::array gguf_settings = {
    // Savers write these for every model, but only some architectures use them.
    HarmlessSetting{"attention.causal", "true"},
    HarmlessSetting{"attention.scale", "0"},
    HarmlessSetting{"attention.clamp_kqv", "0"},
    HarmlessSetting{"attention.max_alibi_bias", "0"},
    HarmlessSetting{"attention.q_lora_rank", "0"},
    HarmlessSetting{"attention.kv_lora_rank", "0"},
    HarmlessSetting{"attention.relative_buckets_count", "0"},
    HarmlessSetting{"attention.sliding_window", "0"},
    HarmlessSetting{"attention.sliding_window_pattern", "0|1"},
    HarmlessSetting{"attention.temperature_length", "0"},
    HarmlessSetting{"attention.temperature_scale", "0"},
    HarmlessSetting{"attn_logit_softcapping", "0"},
    HarmlessSetting{"final_logit_softcapping", "0"},
    HarmlessSetting{"router_logit_softcapping"},
    HarmlessSetting{"logit_scale", "0|1"},
    HarmlessSetting{"embedding_scale", "0|1"},
    HarmlessSetting{"residual_scale", "0|1"},
    HarmlessSetting{"rescale_every_n_layers", "0"},
    HarmlessSetting{"expert_used_count", "0"},
    HarmlessSetting{"expert_shared_count", "0"},
    HarmlessSetting{"expert_feed_forward_length", "0"},
    HarmlessSetting{"expert_shared_feed_forward_length", "0"},
    HarmlessSetting{"expert_group_count", "0"},
    HarmlessSetting{"expert_group_used_count", "0"},
    HarmlessSetting{"expert_gating_func", "0"},
    HarmlessSetting{"expert_weights_scale", "0|1"},
    HarmlessSetting{"expert_weights_norm", "false"},
    HarmlessSetting{"leading_dense_block_count", "0"},
    HarmlessSetting{"interleave_moe_layer_step", "0"},
    HarmlessSetting{"moe_every_n_layers", "0"},
    // The norm that an architecture does not have. The tensors determine parallel residuals.
    HarmlessSetting{"attention.layer_norm_epsilon"},
    HarmlessSetting{"attention.group_norm_epsilon"},
    HarmlessSetting{"attention.group_norm_groups"},
    HarmlessSetting{"use_parallel_residual"},
    // Rotary keys of a single scaling type, which reads or refuses them.
    HarmlessSetting{"rope.scaling.finetuned"},
    HarmlessSetting{"rope.scaling.original_context_length"},
    HarmlessSetting{"rope.scaling.attn_factor", "1"},
    HarmlessSetting{"rope.scaling.alpha", "0"},
    HarmlessSetting{"rope.scaling.yarn_log_multiplier"},
    HarmlessSetting{"rope.scaling.yarn_ext_factor"},
    HarmlessSetting{"rope.scaling.yarn_attn_factor"},
    HarmlessSetting{"rope.scaling.yarn_beta_fast"},
    HarmlessSetting{"rope.scaling.yarn_beta_slow"},
};

}  // namespace

std::span<const HarmlessSetting> harmless_gguf_settings() { return gguf_settings; }

}  // namespace ringlet::convert
