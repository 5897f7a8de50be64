// The data segment: which plane lies where, and what is known about it once it has been written.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/sha256.hpp"
#include "source_model.hpp"
#include "write_model.hpp"

namespace ringlet::convert {

struct PlaneRecord {
  std::uint64_t offset = 0;  // in the data segment
  std::uint64_t size = 0;
  std::uint32_t crc32c = 0;
  Sha256Hash sha256{};
};

struct MatrixRecord {
  MatrixFormat format = MatrixFormat::f32;
  PlaneRecord codes{};
  PlaneRecord scales{};  // empty for f32
  float relative_error = 0;
  TensorClass kind = TensorClass::attention;
};

/// Records of what a layer lacks stay empty.
struct LayerRecord {
  PlaneRecord attention_norm{}, attention_norm_bias{};
  MatrixRecord wq{}, wk{}, wv{}, wo{};
  PlaneRecord bq{}, bk{}, bv{}, q_norm{}, k_norm{}, bo{}, post_attention_norm{};
  PlaneRecord ffn_norm{}, ffn_norm_bias{};
  MatrixRecord w_gate{.kind = TensorClass::feed_forward};
  MatrixRecord w_up{.kind = TensorClass::feed_forward};
  MatrixRecord w_down{.kind = TensorClass::feed_forward};
  PlaneRecord b_gate{}, b_up{}, b_down{}, post_ffn_norm{}, key_bias{};
};

struct SegmentRecord {
  MatrixRecord embedding{.kind = TensorClass::embedding};
  MatrixRecord positions{.kind = TensorClass::embedding};
  std::vector<LayerRecord> layers;
  PlaneRecord final_norm;
  PlaneRecord final_norm_bias;
  std::optional<MatrixRecord> head;
  std::uint64_t size = 0;
};

/// Places every plane: in the order of decoding, each at file::plane_alignment and large ones at
/// file::segment_alignment. A matrix's codes come before its scales. Sizes and offsets are final;
/// checksums and errors are zero. Throws std::runtime_error when the sizes overflow 64 bits.
SegmentRecord plan_segment(const SourceModel& source, const WriteOptions& options);

/// Calls on_matrix(source matrix, record) and on_vector(source vector, record) for every tensor in
/// the order of the segment. `record` may be const.
template <typename Record, typename OnMatrix, typename OnVector>
void visit_tensors(const SourceModel& source, Record& record, OnMatrix on_matrix,
                   OnVector on_vector) {
  const auto matrix = [&](const auto& from, auto& to) {
    if (from) on_matrix(*from, to);
  };
  const auto vector = [&](const auto& from, auto& to) {
    if (from) on_vector(*from, to);
  };
  on_matrix(source.embedding, record.embedding);
  matrix(source.positions, record.positions);
  for (std::size_t i = 0; i < source.layers.size(); ++i) {
    const SourceLayer& from = source.layers[i];
    auto& to = record.layers[i];
    on_vector(from.attention_norm, to.attention_norm);
    vector(from.attention_norm_bias, to.attention_norm_bias);
    on_matrix(from.wq, to.wq);
    vector(from.bq, to.bq);
    on_matrix(from.wk, to.wk);
    vector(from.bk, to.bk);
    on_matrix(from.wv, to.wv);
    vector(from.bv, to.bv);
    vector(from.q_norm, to.q_norm);
    vector(from.k_norm, to.k_norm);
    on_matrix(from.wo, to.wo);
    vector(from.bo, to.bo);
    vector(from.post_attention_norm, to.post_attention_norm);
    on_vector(from.ffn_norm, to.ffn_norm);
    vector(from.ffn_norm_bias, to.ffn_norm_bias);
    matrix(from.w_gate, to.w_gate);
    vector(from.b_gate, to.b_gate);
    on_matrix(from.w_up, to.w_up);
    vector(from.b_up, to.b_up);
    on_matrix(from.w_down, to.w_down);
    vector(from.b_down, to.b_down);
    vector(from.post_ffn_norm, to.post_ffn_norm);
    vector(from.key_bias, to.key_bias);
  }
  on_vector(source.final_norm, record.final_norm);
  vector(source.final_norm_bias, record.final_norm_bias);
  if (source.head) on_matrix(*source.head, *record.head);
}

}  // namespace ringlet::convert
