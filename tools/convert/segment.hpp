// The data segment: which plane lies where, and what is known about it once it has been written.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "source_model.hpp"
#include "write_model.hpp"

namespace ringlet::convert {

struct PlaneRecord {
  std::uint64_t offset = 0;  // in the data segment
  std::uint64_t size = 0;
  std::uint32_t crc32c = 0;
};

struct MatrixRecord {
  MatrixFormat format = MatrixFormat::f32;
  PlaneRecord codes{};
  PlaneRecord scales{};  // empty for f32
  float relative_error = 0;
};

struct LayerRecord {
  PlaneRecord attention_norm{};
  MatrixRecord wq{}, wk{}, wv{}, wo{};
  PlaneRecord ffn_norm{};
  MatrixRecord w_gate{}, w_up{}, w_down{};
  PlaneRecord key_bias{};
};

struct SegmentRecord {
  MatrixRecord embedding;
  std::vector<LayerRecord> layers;
  PlaneRecord final_norm;
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
  on_matrix(source.embedding, record.embedding);
  for (std::size_t i = 0; i < source.layers.size(); ++i) {
    const SourceLayer& from = source.layers[i];
    auto& to = record.layers[i];
    on_vector(from.attention_norm, to.attention_norm);
    on_matrix(from.wq, to.wq);
    on_matrix(from.wk, to.wk);
    on_matrix(from.wv, to.wv);
    on_matrix(from.wo, to.wo);
    on_vector(from.ffn_norm, to.ffn_norm);
    on_matrix(from.w_gate, to.w_gate);
    on_matrix(from.w_up, to.w_up);
    on_matrix(from.w_down, to.w_down);
    if (from.key_bias) on_vector(*from.key_bias, to.key_bias);
  }
  on_vector(source.final_norm, record.final_norm);
  if (source.head) on_matrix(*source.head, *record.head);
}

}  // namespace ringlet::convert
