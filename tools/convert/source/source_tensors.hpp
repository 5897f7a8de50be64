// The members of a SourceModel for the tensors of the runtime's table (model/tensor_table.hpp), and
// walks over them in its order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "model/tensor_table.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

/// The member of a SourceLayer or SourceModel that has the tensor of a row; optional unless every
/// model has one.
template <typename Member>
struct SourceTensor {
  std::uint8_t field;  // of the row
  Member member;
};
template <typename Field, typename Member>
SourceTensor(Field, Member) -> SourceTensor<Member>;

inline constexpr std::tuple source_before_layers = {
    SourceTensor{schema::Model::VT_EMBEDDING, &SourceModel::embedding},
    SourceTensor{schema::Model::VT_POSITIONS, &SourceModel::positions},
    SourceTensor{schema::Model::VT_PER_LAYER_EMBEDDING, &SourceModel::per_layer_embedding},
    SourceTensor{schema::Model::VT_PER_LAYER_PROJECTION, &SourceModel::per_layer_projection},
    SourceTensor{schema::Model::VT_PER_LAYER_NORM, &SourceModel::per_layer_norm},
};

inline constexpr std::tuple source_layer = {
    SourceTensor{schema::Layer::VT_ATTENTION_NORM, &SourceLayer::attention_norm},
    SourceTensor{schema::Layer::VT_ATTENTION_NORM_BIAS, &SourceLayer::attention_norm_bias},
    SourceTensor{schema::Layer::VT_WQ, &SourceLayer::wq},
    SourceTensor{schema::Layer::VT_BQ, &SourceLayer::bq},
    SourceTensor{schema::Layer::VT_WK, &SourceLayer::wk},
    SourceTensor{schema::Layer::VT_BK, &SourceLayer::bk},
    SourceTensor{schema::Layer::VT_WV, &SourceLayer::wv},
    SourceTensor{schema::Layer::VT_BV, &SourceLayer::bv},
    SourceTensor{schema::Layer::VT_Q_NORM, &SourceLayer::q_norm},
    SourceTensor{schema::Layer::VT_K_NORM, &SourceLayer::k_norm},
    SourceTensor{schema::Layer::VT_ALL_Q_NORM, &SourceLayer::all_q_norm},
    SourceTensor{schema::Layer::VT_ALL_K_NORM, &SourceLayer::all_k_norm},
    SourceTensor{schema::Layer::VT_ATTENDED_NORM, &SourceLayer::attended_norm},
    SourceTensor{schema::Layer::VT_WO, &SourceLayer::wo},
    SourceTensor{schema::Layer::VT_BO, &SourceLayer::bo},
    SourceTensor{schema::Layer::VT_POST_ATTENTION_NORM, &SourceLayer::post_attention_norm},
    SourceTensor{schema::Layer::VT_FFN_NORM, &SourceLayer::ffn_norm},
    SourceTensor{schema::Layer::VT_FFN_NORM_BIAS, &SourceLayer::ffn_norm_bias},
    SourceTensor{schema::Layer::VT_W_GATE, &SourceLayer::w_gate},
    SourceTensor{schema::Layer::VT_B_GATE, &SourceLayer::b_gate},
    SourceTensor{schema::Layer::VT_W_UP, &SourceLayer::w_up},
    SourceTensor{schema::Layer::VT_B_UP, &SourceLayer::b_up},
    SourceTensor{schema::Layer::VT_HIDDEN_NORM, &SourceLayer::hidden_norm},
    SourceTensor{schema::Layer::VT_W_DOWN, &SourceLayer::w_down},
    SourceTensor{schema::Layer::VT_B_DOWN, &SourceLayer::b_down},
    SourceTensor{schema::Layer::VT_POST_FFN_NORM, &SourceLayer::post_ffn_norm},
    SourceTensor{schema::Layer::VT_KEY_BIAS, &SourceLayer::key_bias},
    SourceTensor{schema::Layer::VT_TAPS, &SourceLayer::taps},
    SourceTensor{schema::Layer::VT_TAPS_BIAS, &SourceLayer::taps_bias},
    SourceTensor{schema::Layer::VT_ATTENDED_GATE, &SourceLayer::attended_gate},
    SourceTensor{schema::Layer::VT_STATE_GATES, &SourceLayer::state_gates},
    SourceTensor{schema::Layer::VT_DECAY, &SourceLayer::decay},
    SourceTensor{schema::Layer::VT_STEP_BIAS, &SourceLayer::step_bias},
    SourceTensor{schema::Layer::VT_STATE_NORM, &SourceLayer::state_norm},
    SourceTensor{schema::Layer::VT_V_NORM, &SourceLayer::v_norm},
    SourceTensor{schema::Layer::VT_PER_LAYER_GATE, &SourceLayer::per_layer_gate},
    SourceTensor{schema::Layer::VT_PER_LAYER_OUT, &SourceLayer::per_layer_out},
    SourceTensor{schema::Layer::VT_PER_LAYER_NORM, &SourceLayer::per_layer_norm},
};

inline constexpr std::tuple source_after_layers = {
    SourceTensor{schema::Model::VT_FINAL_NORM, &SourceModel::final_norm},
    SourceTensor{schema::Model::VT_FINAL_NORM_BIAS, &SourceModel::final_norm_bias},
    SourceTensor{schema::Model::VT_LM_HEAD, &SourceModel::lm_head},
    SourceTensor{schema::Model::VT_LM_HEAD_BIAS, &SourceModel::lm_head_bias},
};

/// The matrix or vector of a member, or null.
template <typename T>
const T* present(const T& tensor) {
  return &tensor;
}
template <typename T>
const T* present(const std::optional<T>& tensor) {
  return tensor ? &*tensor : nullptr;
}

/// Whether a member, optional or not, is a matrix.
template <typename T>
inline constexpr bool is_matrix =
    std::is_same_v<std::remove_cvref_t<T>, SourceMatrix> ||
    std::is_same_v<std::remove_cvref_t<T>, std::optional<SourceMatrix>>;

/// Calls visit(row, number, member) for each row that `owner` has a member for, in the order of the
/// rows; they are numbered from `first`.
template <const auto& rows, const auto& members, typename Owner, typename Visit>
void visit_members(Owner& owner, std::size_t first, Visit& visit) {
  const auto visit_all = [&]<std::size_t... i>(std::index_sequence<i...> /*all*/) {
    static_assert(sizeof...(i) == rows.size());
    static_assert(((std::get<i>(members).field == rows[i].field) && ...));
    static_assert(
        ((is_matrix<decltype(owner.*std::get<i>(members).member)> == rows[i].is_matrix()) && ...));
    (visit(rows[i], first + i, owner.*std::get<i>(members).member), ...);
  };
  visit_all(std::make_index_sequence<rows.size()>());
}

/// The number of a layer's first tensor if every possible tensor is counted. The tensors after the
/// layers count as one more layer.
constexpr std::size_t first_of_layer(std::size_t layer) {
  return tensors_before_layers.size() + layer * layer_tensors.size();
}

/// The tensors of layer `index`.
template <typename Layer, typename Visit>
void visit_layer_tensors(Layer& layer, std::size_t index, Visit&& visit) {
  visit_members<layer_tensors, source_layer>(layer, first_of_layer(index), visit);
}

/// The tensors outside the layers.
template <typename Model, typename Visit>
void visit_model_tensors(Model& model, Visit&& visit) {
  visit_members<tensors_before_layers, source_before_layers>(model, 0, visit);
  visit_members<tensors_after_layers, source_after_layers>(
      model, first_of_layer(model.layers.size()), visit);
}

/// All tensors, in the order of their planes.
template <typename Model, typename Visit>
void visit_source_tensors(Model& model, Visit&& visit) {
  visit_members<tensors_before_layers, source_before_layers>(model, 0, visit);
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    visit_layer_tensors(model.layers[i], i, visit);
  }
  visit_members<tensors_after_layers, source_after_layers>(
      model, first_of_layer(model.layers.size()), visit);
}

/// How many tensors visit_source_tensors() visits.
constexpr std::size_t tensor_count(std::size_t layers) {
  return first_of_layer(layers) + tensors_after_layers.size();
}

}  // namespace ringlet::convert
