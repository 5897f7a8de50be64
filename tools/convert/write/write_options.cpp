#include "write/write_options.hpp"

namespace ringlet::convert {

MatrixFormat WriteOptions::format_of(TensorClass kind) const {
  switch (kind) {
    case TensorClass::embedding:
      return embedding;
    case TensorClass::attention:
      return attention.value_or(weights);
    case TensorClass::feed_forward:
      return feed_forward.value_or(weights);
    case TensorClass::gates:
      return MatrixFormat::f32;
    case TensorClass::lm_head:
      break;
  }
  return lm_head;
}

MatrixFormat WriteOptions::format_of(TensorClass kind, const SourceMatrix& matrix) const {
  const bool keep = (kind == TensorClass::embedding && keep_codes.embedding) ||
                    (kind == TensorClass::attention && keep_codes.attention) ||
                    (kind == TensorClass::feed_forward && keep_codes.feed_forward) ||
                    (kind == TensorClass::lm_head && keep_codes.lm_head);
  return keep && matrix.codes ? matrix.codes->kept_in : format_of(kind);
}

}  // namespace ringlet::convert
