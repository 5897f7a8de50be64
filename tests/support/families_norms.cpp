// Families whose norms are in other places, and those with multipliers.
#include <algorithm>
#include <numbers>

#include "support/families_parts.hpp"

namespace ringlet::test {

// Granite: numbers of its own multiply embeddings, scores and the results of blocks, and divide
// logits.
static Made make_granite() {
  Made made = llama_like("granite", true, [](Made&, std::size_t, reference::Layer&) {});
  made.weights.embedding_scale = 12;
  made.weights.attention_scale = 0.05F;
  made.weights.residual_scale = 0.22F;
  for (double& gain : made.weights.final_norm) gain /= 8;
  made.config.update({{"embedding_multiplier", 12},
                      {"attention_multiplier", 0.05},
                      {"residual_multiplier", 0.22},
                      {"logits_scaling", 8}});
  return made;
}

// The dense models of Granite 4: one matrix for gate and up.
static Made make_granite_hybrid() {
  Made made;
  start(made, "granitemoehybrid");
  for (std::size_t i = 0; i < layers; ++i) {
    reference::Layer layer = llama_matrices(made.maker, i);
    add_llama_norms(made.maker, i, layer);
    made.maker.drop(
        [](const std::string& name) { return name.find(".mlp.") != std::string::npos; });
    made.maker.store(in_layer(i, "shared_mlp.input_linear.weight"),
                     std::vector{layer.w_gate, layer.w_up});
    made.maker.store(in_layer(i, "shared_mlp.output_linear.weight"), layer.w_down);
    made.weights.layers.push_back(std::move(layer));
  }
  add_ends(made, true);
  made.weights.attention_scale = 0.25;
  made.config.update({{"attention_multiplier", 0.25},
                      {"shared_intermediate_size", hidden},
                      {"intermediate_size", 512},
                      {"num_local_experts", 0},
                      {"position_embedding_type", "rope"},
                      {"layer_types", {"attention", "attention", "attention", "attention"}}});
  return made;
}

static Made make_minicpm() {
  Made made = llama_like("minicpm", true, [](Made&, std::size_t, reference::Layer&) {});
  made.weights.embedding_scale = 12;
  made.weights.residual_scale = static_cast<double>(1.4F / std::sqrt(static_cast<float>(layers)));
  for (double& gain : made.weights.final_norm) gain /= 3;
  made.config.update({{"scale_emb", 12}, {"scale_depth", 1.4}, {"dim_model_base", dim / 3}});
  return made;
}

/// Norms after the blocks and none before.
template <typename Finish>
static Made with_norms_after(const char* model_type, Finish finish) {
  Made made;
  start(made, model_type);
  for (std::size_t i = 0; i < layers; ++i) {
    FolderMaker& maker = made.maker;
    reference::Layer layer = llama_matrices(maker, i);
    layer.post_attention_norm =
        maker.stored_vector(in_layer(i, "post_attention_layernorm.weight"), dim, 1);
    layer.post_ffn_norm =
        maker.stored_vector(in_layer(i, "post_feedforward_layernorm.weight"), dim, 1);
    finish(maker, i, layer);
    made.weights.layers.push_back(std::move(layer));
  }
  add_ends(made, false);
  return made;
}

// OLMo 2: a norm of all heads together.
static void add_norms_of_all(FolderMaker& maker, std::size_t i, reference::Layer& layer) {
  layer.all_q_norm =
      maker.stored_vector(in_layer(i, "self_attn.q_norm.weight"), heads * head_dim, 1);
  layer.all_k_norm =
      maker.stored_vector(in_layer(i, "self_attn.k_norm.weight"), kv_heads * head_dim, 1);
  layer.frequencies = frequencies(500000, head_dim);
}

static Made make_olmo2() {
  Made made = with_norms_after("olmo2", add_norms_of_all);
  made.config["rope_theta"] = 500000.0;
  return made;
}

// OLMo 3: windows in three of four layers; YaRN in the others only, with its factor of cosines and
// sines, which the reference has for all layers, so it is taken out of the norms of these.
static Made make_olmo3() {
  const double factor = 1.25;
  Made made =
      with_norms_after("olmo3", [=](FolderMaker& maker, std::size_t i, reference::Layer& layer) {
        add_norms_of_all(maker, i, layer);
        if (i % 4 == 3) {
          for (std::size_t k = 0; k < layer.frequencies.size(); ++k) {
            layer.frequencies[k] = yarn_frequency(layer.frequencies[k], k);
          }
          return;
        }
        layer.window = 9;
        for (auto* gains : {&layer.all_q_norm, &layer.all_k_norm}) {
          for (double& gain : *gains) gain /= factor;
        }
      });
  made.weights.rotary_scale = factor;
  made.config["rope_theta"] = 500000.0;
  made.config["sliding_window"] = 9;
  made.config["rope_scaling"] = yarn_settings();
  made.config["rope_scaling"]["attention_factor"] = factor;
  return made;
}

// EXAONE 4: norms of each head; where there are windows, the layers without do not rotate.
static Made make_exaone4() {
  Made made =
      with_norms_after("exaone4", [](FolderMaker& maker, std::size_t i, reference::Layer& layer) {
        layer.q_norm = maker.stored_vector(in_layer(i, "self_attn.q_norm.weight"), head_dim, 1);
        layer.k_norm = maker.stored_vector(in_layer(i, "self_attn.k_norm.weight"), head_dim, 1);
        layer.frequencies = i % 4 == 3 ? std::vector<double>{} : frequencies(1000000, head_dim);
        if (i % 4 != 3) layer.window = 9;
      });
  made.config.update(
      {{"rope_theta", 1000000.0}, {"sliding_window", 9}, {"sliding_window_pattern", "LLLG"}});
  return made;
}

// Hunyuan: heads are normalized after rotation; "dynamic" means a larger base.
static Made make_hunyuan() {
  const double base = 10000 * std::pow(8.0, head_dim / (head_dim - 2.0));
  Made made =
      llama_like("hunyuan_v1_dense", true, [=](Made& m, std::size_t i, reference::Layer& layer) {
        layer.q_norm =
            m.maker.stored_vector(in_layer(i, "self_attn.query_layernorm.weight"), head_dim, 1);
        layer.k_norm =
            m.maker.stored_vector(in_layer(i, "self_attn.key_layernorm.weight"), head_dim, 1);
        layer.frequencies = frequencies(base, head_dim);
      });
  made.weights.norm_after_rotary = true;
  made.config["rope_scaling"] = {
      {"type", "dynamic"}, {"alpha", 8.0}, {"factor", 1.0}, {"mscale", 1.0}};
  return made;
}

// Arcee: the square of relu, without a gate.
static Made make_arcee() {
  Made made = llama_like("arcee", false, [](Made& m, std::size_t, reference::Layer& layer) {
    layer.w_gate = {};
    m.maker.drop(
        [](const std::string& name) { return name.find("gate_proj") != std::string::npos; });
  });
  made.weights.activation = reference::Activation::relu_squared;
  made.config["hidden_act"] = "relu2";
  return made;
}

/// Weights of −1, 0 and 1 times a scale, four in a byte, a quarter of the rows apart.
static reference::Matrix stored_ternary(FolderMaker& maker, const std::string& name,
                                        std::size_t rows, std::size_t columns, bool inverse) {
  const double scale = 0.125;
  reference::Matrix matrix = maker.matrix(rows, columns);
  std::vector<double> bytes(rows / 4 * columns);
  for (std::size_t i = 0; i < matrix.values.size(); ++i) {
    const double weight = static_cast<double>(i * 7 % 5 % 3) - 1;
    const std::size_t row = i / columns;
    bytes[row % (rows / 4) * columns + i % columns] +=
        std::ldexp(weight + 1, 2 * static_cast<int>(row / (rows / 4)));
    matrix.values[i] = weight * scale;
  }
  maker.store_bytes(name + ".weight", {rows / 4, columns}, bytes);
  maker.store(name + ".weight_scale", std::vector<double>{inverse ? 1 / scale : scale});
  return matrix;
}

// BitNet b1.58: ternary matrices, norms before the output of attention and before w_down, and a
// gate of the square of relu. `inverse`: the older kind, whose scale divides.
static Made make_bitnet(bool inverse) {
  Made made;
  start(made, "bitnet");
  FolderMaker& maker = made.maker;
  for (std::size_t i = 0; i < layers; ++i) {
    const auto ternary = [&](const char* part, std::size_t rows, std::size_t columns) {
      return stored_ternary(maker, in_layer(i, part), rows, columns, inverse);
    };
    reference::Layer layer;
    layer.wq = ternary("self_attn.q_proj", heads * head_dim, dim);
    layer.wk = ternary("self_attn.k_proj", kv_heads * head_dim, dim);
    layer.wv = ternary("self_attn.v_proj", kv_heads * head_dim, dim);
    layer.wo = ternary("self_attn.o_proj", dim, heads * head_dim);
    layer.w_gate = ternary("mlp.gate_proj", hidden, dim);
    layer.w_up = ternary("mlp.up_proj", hidden, dim);
    layer.w_down = ternary("mlp.down_proj", dim, hidden);
    layer.attended_norm =
        maker.stored_vector(in_layer(i, "self_attn.attn_sub_norm.weight"), heads * head_dim, 1);
    layer.hidden_norm = maker.stored_vector(in_layer(i, "mlp.ffn_sub_norm.weight"), hidden, 1);
    add_llama_norms(maker, i, layer);
    layer.frequencies = frequencies(500000, head_dim);
    made.weights.layers.push_back(std::move(layer));
  }
  add_ends(made, true);
  made.weights.activation = reference::Activation::relu_squared;
  made.config.update({{"rope_theta", 500000.0}, {"hidden_act", "relu2"}});
  made.config["quantization_config"] = {{"quant_method", "bitnet"},
                                        {"linear_class", inverse ? "bitlinear" : "autobitlinear"},
                                        {"quantization_mode", "offline"}};
  return made;
}

std::span<const Family> families_of_other_norms() {
  static constexpr Family families[] = {
      {"granite", make_granite, "granite"},
      {"granite_hybrid", make_granite_hybrid, nullptr, nullptr, false, true},
      {"minicpm", make_minicpm, "minicpm", nullptr, false, true},
      {"olmo2", make_olmo2, "olmo2"},
      {"olmo3", make_olmo3, "olmo2", nullptr, false, true},
      {"exaone4", make_exaone4, "exaone4", nullptr, false, true},
      {"hunyuan", make_hunyuan, "hunyuan-dense"},
      {"arcee", make_arcee, "arcee"},
      {"bitnet", [] { return make_bitnet(false); }},
      {"bitnet_inverse", [] { return make_bitnet(true); }, nullptr, nullptr, false, true},
  };
  return families;
}

}  // namespace ringlet::test
