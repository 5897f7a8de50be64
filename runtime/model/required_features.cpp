#include "model/required_features.hpp"

#include <array>

#include "base/features.hpp"
#include "base/left_out.hpp"
#include "model/tensors.hpp"
#include "ringlet/formats.hpp"

namespace ringlet {
namespace {

using schema::Layer;

bool has_float_weights(const schema::Model& model) {
  Architecture shape;  // decides which tensors exist
  shape.layers = model.layers()->size();
  shape.tied_embedding = model.architecture()->tied_embedding();
  bool found = false;
  (void)for_each_tensor(model, shape, [&found](const TensorRef& tensor) {
    found = found || (tensor.matrix != nullptr &&
                      !is_integer(static_cast<MatrixFormat>(tensor.matrix->format())));
    return Status();
  });
  return found;
}

constexpr bool is_of_families(const TensorRow& row) { return row.presence == Presence::families; }
constexpr bool is_of_recurrent(const TensorRow& row) { return row.presence == Presence::recurrent; }

/// The fields of rows that a feature has, without their names, which would take flash.
template <const auto& rows, bool (*of_feature)(const TensorRow&) = is_of_families>
constexpr auto extra_fields = [] {
  const auto& extra = rows_where<rows, of_feature>;
  std::array<std::uint8_t, extra.size()> fields{};
  for (std::size_t i = 0; i < fields.size(); ++i) fields[i] = extra[i].field;
  return fields;
}();

/// `table` must be a table of the schema.
[[gnu::noinline]] bool has_any(const void* table, std::span<const std::uint8_t> fields) {
  for (const std::uint8_t field : fields) {
    if (static_cast<const flatbuffers::Table*>(table)->CheckField(field)) return true;
  }
  return false;
}

/// Whether the tensors of a layer differ from those of a Llama layer.
bool is_of_other_family(const Layer& layer) {
  return has_any(&layer, extra_fields<layer_tensors>) || layer.rotary() != schema::Rotary::global ||
         layer.w_gate() == nullptr || layer.attention_norm() == nullptr ||
         layer.ffn_norm() == nullptr;
}

bool is_of_other_family(const schema::Model& model) {
  const schema::Architecture& a = *model.architecture();
  for (const Layer* layer : *model.layers()) {
    if (is_of_other_family(*layer)) return true;
  }
  return a.norm() != schema::NormKind::rms || a.activation() != schema::Activation::silu ||
         a.embedding_scale() != 1 || a.rotary_scale() != 1 || a.attention_softcap() != 0 ||
         a.logit_softcap() != 0 || a.residual_scale() != 1 || a.parallel_blocks() ||
         a.norm_after_rotary() || a.query_growth() != 0 ||
         has_any(&model, extra_fields<tensors_before_layers>) ||
         has_any(&model, extra_fields<tensors_after_layers>);
}

/// Whether a layer has one of these fields. Files have those that are not required, and no default
/// value, only if they say something.
[[gnu::noinline]] bool any_layer_has(const schema::Model& model,
                                     std::span<const std::uint8_t> fields) {
  bool found = false;
  for (const Layer* layer : *model.layers()) found = found || has_any(layer, fields);
  return found;
}

constexpr bool is_of_per_layer(const TensorRow& row) { return row.presence == Presence::per_layer; }

/// The fields of a layer's tensors, and others.
template <bool (*of_feature)(const TensorRow&), std::uint8_t... others>
constexpr auto layer_fields = [] {
  constexpr auto tensors = extra_fields<layer_tensors, of_feature>;
  std::array<std::uint8_t, tensors.size() + sizeof...(others)> fields{others...};
  for (std::size_t i = 0; i < tensors.size(); ++i) fields[sizeof...(others) + i] = tensors[i];
  return fields;
}();

bool is_recurrent(const schema::Model& model) {
  return any_layer_has(model, layer_fields<is_of_recurrent, Layer::VT_MIXER>);
}

bool differs_by_layer(const schema::Model& model) {
  return any_layer_has(
      model,
      layer_fields<is_of_per_layer, Layer::VT_HEAD_DIM, Layer::VT_KV_HEADS, Layer::VT_HIDDEN_DIM,
                   Layer::VT_CACHE_OF, Layer::VT_VALUES_ARE_KEYS, Layer::VT_OUTPUT_SCALE>);
}

bool has_key_bias(const schema::Model& model) {
  constexpr static std::uint8_t field[] = {Layer::VT_KEY_BIAS};
  return any_layer_has(model, field);
}

bool is_unigram(const schema::Model& model) {
  const schema::Tokenizer* t = model.tokenizer();
  return t != nullptr && t->kind() == schema::TokenizerKind::unigram;
}

bool has_byte_pairs(const schema::Model& model) {
  const schema::Tokenizer* t = model.tokenizer();
  return t != nullptr && (t->kind() == schema::TokenizerKind::bpe || t->byte_level() ||
                          t->pre_tokenizer() != schema::PreTokenizer::none);
}

bool has_normalizer(const schema::Model& model) {
  const schema::Tokenizer* t = model.tokenizer();
  return t != nullptr && t->normalizer() != nullptr;
}

/// Control pieces are found in a text only if the caller asks for them.
bool has_user_defined_pieces(const schema::Model& model) {
  const schema::Tokenizer* t = model.tokenizer();
  if (t == nullptr || t->added() == nullptr) return false;
  for (const std::uint32_t id : *t->added()) {
    if (id >= t->kinds()->size() || t->kinds()->Get(id) == schema::PieceKind::user_defined) {
      return true;
    }
  }
  return false;
}

constexpr OptionalFeature features_of_models[] = {
    {"float_weights", features::float_weights, has_float_weights},
    {"families", features::families, is_of_other_family},
    {"recurrent", features::recurrent, is_recurrent},
    {"per_layer", features::per_layer, differs_by_layer},
    {"key_bias", features::key_bias, has_key_bias},
    {"unigram", features::unigram, is_unigram},
    {"byte_pairs", features::byte_pairs, has_byte_pairs},
    {"normalizers", features::normalizers, has_normalizer},
    {"added_tokens", features::added_tokens, has_user_defined_pieces},
};

}  // namespace

std::span<const OptionalFeature> optional_features() noexcept { return features_of_models; }

Status verify_required_features(const schema::Model& model) noexcept {
  if (features::all) return {};
  for (const OptionalFeature& feature : features_of_models) {
    if (!feature.built && feature.needed(model)) return left_out(feature.name);
  }
  return {};
}

}  // namespace ringlet
