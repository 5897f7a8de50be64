#include "source/huggingface/hf_harmless.hpp"

#include <array>

namespace ringlet::convert {
namespace {

constexpr std::array hf_settings = {
    // How a program computes, not what.
    HarmlessSetting{"attn_implementation"},
    HarmlessSetting{"_attn_implementation"},
    HarmlessSetting{"_attn_implementation_autoset"},
    HarmlessSetting{"_attn_implementation_internal"},
    HarmlessSetting{"_flash_attn_2_enabled"},
    HarmlessSetting{"use_flash_attn"},
    HarmlessSetting{"use_flash_attention"},
    HarmlessSetting{"use_flash_attention_2"},
    HarmlessSetting{"use_memory_efficient_attention"},
    HarmlessSetting{"use_fused_rms_norm"},
    HarmlessSetting{"use_fused_rope"},
    HarmlessSetting{"fused_rms_norm"},
    HarmlessSetting{"fuse_norm"},
    HarmlessSetting{"reorder_and_upcast_attn"},
    HarmlessSetting{"attention_softmax_in_fp32"},
    HarmlessSetting{"output_attentions"},
    HarmlessSetting{"output_router_logits", "false"},
    HarmlessSetting{"num_logits_to_keep"},
    HarmlessSetting{"logits_to_keep"},
    HarmlessSetting{"quantization"},         // read with the tensors (mlx_affine.hpp)
    HarmlessSetting{"quantization_config"},  // the same
    HarmlessSetting{"flash_attn"},
    HarmlessSetting{"use_flashattn"},
    HarmlessSetting{"kv_cache_dtype"},
    HarmlessSetting{"use_rms_norm", "true"},
    HarmlessSetting{"mamba_ssm_dtype"},
    // Parts of a model that are left out.
    HarmlessSetting{"mtp_num_hidden_layers"},
    HarmlessSetting{"mtp_use_dedicated_embeddings"},
    // Training.
    HarmlessSetting{"attention_dropout"},
    HarmlessSetting{"attention_dropout_prob"},
    HarmlessSetting{"attention_probs_dropout_prob"},
    HarmlessSetting{"attn_dropout"},
    HarmlessSetting{"attn_pdrop"},
    HarmlessSetting{"max_grad_norm"},
    HarmlessSetting{"initializer_factor"},
    HarmlessSetting{"router_aux_loss_coef"},
    HarmlessSetting{"block_mlp_init_scale"},
    HarmlessSetting{"block_out_init_scale"},
    HarmlessSetting{"router_z_loss_coef"},
    HarmlessSetting{"router_jitter_noise"},
    HarmlessSetting{"lr_scheduler_factor"},
    // The tensors determine which biases exist: one that is left over is refused.
    HarmlessSetting{"attention_bias"},
    HarmlessSetting{"attn_bias"},
    HarmlessSetting{"attention_out_bias"},
    HarmlessSetting{"use_attention_bias"},
    // Unused windows, or a second name of the one in use.
    HarmlessSetting{"max_window_layers"},
    HarmlessSetting{"use_sliding_window", "false"},
    HarmlessSetting{"sliding_window"},  // families with windows read it; Llama's code ignores it
    HarmlessSetting{"sliding_window_size"},
    HarmlessSetting{"sliding_window_pattern", "1"},
    HarmlessSetting{"_sliding_window_pattern"},
    HarmlessSetting{"full_attn_mod", "1"},
    HarmlessSetting{"attention_window_size", "[]"},
    // Features of other models, disabled.
    HarmlessSetting{"alibi", "false"},
    HarmlessSetting{"use_alibi", "false"},
    HarmlessSetting{"use_bidirectional_attention", "false"},
    HarmlessSetting{"is_causal", "true"},
    HarmlessSetting{"causal", "true"},
    HarmlessSetting{"use_causal_mask", "true"},
    HarmlessSetting{"use_cross_attention", "false"},
    HarmlessSetting{"add_cross_attention", "false"},
    HarmlessSetting{"use_parallel_residual", "false"},
    HarmlessSetting{"parallel_attn", "false"},
    HarmlessSetting{"qk_norm", "false"},
    HarmlessSetting{"use_qk_norm", "false"},
    HarmlessSetting{"qk_layernorm", "false"},
    HarmlessSetting{"clip_qkv", "false"},
    HarmlessSetting{"rope_interleaved", "false"},
    HarmlessSetting{"rope_interleave", "false"},
    HarmlessSetting{"rope_traditional", "false"},
    HarmlessSetting{"rotary_pct", "1"},
    HarmlessSetting{"rope_pct", "1"},
    HarmlessSetting{"use_rope", "true"},
    HarmlessSetting{"use_rotary_embeddings", "true"},
    HarmlessSetting{"use_mrope", "false"},
    HarmlessSetting{"use_dynamic_ntk", "false"},
    HarmlessSetting{"use_logn_attn", "false"},
    HarmlessSetting{"interpolate_factor", "1"},
    HarmlessSetting{"rotary_scaling_factor", "1"},
    HarmlessSetting{"rope_ratio", "1"},
    HarmlessSetting{"embedding_multiplier", "1"},
    HarmlessSetting{"residual_multiplier", "1"},
    HarmlessSetting{"logits_scaling", "1"},
    HarmlessSetting{"logit_scale", "1"},
    HarmlessSetting{"scale_emb", "1"},
    HarmlessSetting{"attn_logit_softcapping", "0"},
    HarmlessSetting{"final_logit_softcapping", "0"},
    HarmlessSetting{"final_logits_soft_cap", "0"},
    HarmlessSetting{"num_experts", "0|1"},
    HarmlessSetting{"num_local_experts", "0|1"},
    HarmlessSetting{"n_routed_experts", "0"},
    HarmlessSetting{"n_shared_experts", "0"},
    HarmlessSetting{"num_shared_experts", "0"},
    HarmlessSetting{"num_experts_per_tok", "0"},
    HarmlessSetting{"moe_intermediate_size", "0"},
    HarmlessSetting{"enable_moe_block", "false"},
    HarmlessSetting{"norm_topk_prob"},
    // Settings that the supported families have under another name, or not at all.
    HarmlessSetting{"layer_norm_eps"},
    HarmlessSetting{"layer_norm_epsilon"},
    HarmlessSetting{"rms_norm_epsilon"},
    HarmlessSetting{"norm_eps"},
    HarmlessSetting{"hidden_activation", "\"silu\""},
    HarmlessSetting{"activation", "\"silu\"|\"swiglu\""},
    HarmlessSetting{"summary_activation"},
    HarmlessSetting{"classifier_activation"},
};

}  // namespace

std::span<const HarmlessSetting> harmless_hf_settings() { return hf_settings; }

}  // namespace ringlet::convert
