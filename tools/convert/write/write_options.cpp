#include "write/write_options.hpp"

namespace ringlet::convert {
namespace {

MatrixFormat by_rows(MatrixFormat format) {
  if (format == MatrixFormat::int8) return MatrixFormat::int8_rows;
  return format == MatrixFormat::int4 ? MatrixFormat::int4_rows : format;
}

}  // namespace

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
    case TensorClass::tables:
      return by_rows(feed_forward.value_or(weights));
    case TensorClass::lm_head:
      break;
  }
  return lm_head;
}

MatrixFormat WriteOptions::format_of(TensorClass kind, const SourceMatrix& matrix) const {
  const bool keep = (kind == TensorClass::embedding && keep_codes.embedding) ||
                    (kind == TensorClass::attention && keep_codes.attention) ||
                    (kind == TensorClass::feed_forward && keep_codes.feed_forward) ||
                    (kind == TensorClass::tables && keep_codes.feed_forward) ||
                    (kind == TensorClass::lm_head && keep_codes.lm_head);
  if (!keep || !matrix.codes) return format_of(kind);
  return kind == TensorClass::tables ? by_rows(matrix.codes->kept_in) : matrix.codes->kept_in;
}

}  // namespace ringlet::convert
