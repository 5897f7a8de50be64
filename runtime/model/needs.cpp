#include "model/needs.hpp"

#include "base/features.hpp"
#include "model/tensors.hpp"
#include "ringlet/formats.hpp"

namespace ringlet {
namespace {

using schema::Layer;

bool has_float_weights(const schema::Model& model) {
  Architecture shape;  // what decides which tensors there are
  shape.layers = model.layers()->size();
  shape.tied_head = model.architecture()->tied_head();
  bool found = false;
  (void)for_each_tensor(model, shape, [&found](const TensorRef& tensor) {
    found = found || (tensor.matrix != nullptr &&
                      !is_integer(static_cast<MatrixFormat>(tensor.matrix->format())));
    return Status();
  });
  return found;
}

/// Whether a layer has what Llama's do not, or lacks what they have.
bool is_of_other_family(const Layer& layer) {
  constexpr std::uint8_t extra[] = {Layer::VT_ATTENTION_NORM_BIAS,
                                    Layer::VT_BQ,
                                    Layer::VT_BK,
                                    Layer::VT_BV,
                                    Layer::VT_BO,
                                    Layer::VT_Q_NORM,
                                    Layer::VT_K_NORM,
                                    Layer::VT_FFN_NORM_BIAS,
                                    Layer::VT_B_GATE,
                                    Layer::VT_B_UP,
                                    Layer::VT_B_DOWN,
                                    Layer::VT_POST_ATTENTION_NORM,
                                    Layer::VT_POST_FFN_NORM};
  const auto& table = reinterpret_cast<const flatbuffers::Table&>(layer);
  for (const std::uint8_t field : extra) {
    if (table.CheckField(field)) return true;
  }
  return layer.rotary() != schema::Rotary::global || layer.w_gate() == nullptr;
}

bool is_of_other_family(const schema::Model& model) {
  const schema::Architecture& a = *model.architecture();
  for (const Layer* layer : *model.layers()) {
    if (is_of_other_family(*layer)) return true;
  }
  return a.norm() != schema::NormKind::rms || a.activation() != schema::Activation::silu ||
         a.embedding_scale() != 1 || a.rotary_scale() != 1 || a.attention_softcap() != 0 ||
         a.logit_softcap() != 0 || model.positions() != nullptr ||
         model.final_norm_bias() != nullptr;
}

bool has_key_bias(const schema::Model& model) {
  bool found = false;
  for (const Layer* layer : *model.layers()) found = found || layer->key_bias() != nullptr;
  return found;
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

/// Control pieces are found in a text only where the caller asks for it.
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

constexpr OptionalPart parts[] = {
    {"float_weights", features::float_weights, has_float_weights},
    {"families", features::families, is_of_other_family},
    {"key_bias", features::key_bias, has_key_bias},
    {"unigram", features::unigram, is_unigram},
    {"byte_pairs", features::byte_pairs, has_byte_pairs},
    {"normalizers", features::normalizers, has_normalizer},
    {"added_tokens", features::added_tokens, has_user_defined_pieces},
};

}  // namespace

Status left_out(const char* feature) noexcept {
  return {ErrorCode::unsupported, feature,
          "is needed and was left out of this build; add it to RINGLET_FEATURES"};
}

std::span<const OptionalPart> optional_parts() noexcept { return parts; }

Status verify_needs(const schema::Model& model) noexcept {
  if (features::all) return {};
  for (const OptionalPart& part : parts) {
    if (!part.built && part.needed(model)) return left_out(part.feature);
  }
  return {};
}

}  // namespace ringlet
