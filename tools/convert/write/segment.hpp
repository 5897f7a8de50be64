// The layout of the data segment, and checksums and errors once the planes are written.
#pragma once

#include <cstdint>
#include <vector>

#include "base/sha256.hpp"
#include "source/source_model.hpp"
#include "source/source_tensors.hpp"
#include "write/write_options.hpp"

namespace ringlet::convert {

struct PlaneRecord {
  std::uint64_t offset = 0;  // in the data segment
  std::uint64_t size = 0;
  std::uint32_t crc32c = 0;
  Sha256Hash sha256{};
};

/// A vector has only `codes`.
struct TensorRecord {
  MatrixFormat format = MatrixFormat::f32;
  PlaneRecord codes{};
  PlaneRecord scales{};  // empty for f32
  float relative_error = 0;
  TensorClass kind = TensorClass::attention;
};

struct SegmentRecord {
  std::vector<TensorRecord> tensors;  // as visit_source_tensors() numbers them
  std::uint64_t size = 0;
};

/// Places every plane: in the order of decoding, each at file::plane_alignment and large ones at
/// file::segment_alignment. A matrix's codes come before its scales. Sizes and offsets are final;
/// checksums and errors are zero. Throws std::runtime_error if the sizes overflow 64 bits.
SegmentRecord plan_segment(const SourceModel& source, const WriteOptions& options);

/// Calls on_matrix(source matrix, its record) and on_vector(source vector, its plane) for every
/// tensor that the source has, in the order of the segment. `record` may be const.
template <typename Record, typename OnMatrix, typename OnVector>
void visit_tensors(const SourceModel& source, Record& record, OnMatrix on_matrix,
                   OnVector on_vector) {
  visit_source_tensors(source,
                       [&](const TensorRow& /*row*/, std::size_t number, const auto& member) {
                         if (const auto* tensor = present(member)) {
                           if constexpr (is_matrix<decltype(member)>) {
                             on_matrix(*tensor, record.tensors[number]);
                           } else {
                             on_vector(*tensor, record.tensors[number].codes);
                           }
                         }
                       });
}

}  // namespace ringlet::convert
