#include "write/segment.hpp"

#include "base/checked.hpp"
#include "kernels/packed_layout.hpp"
#include "kernels/row_layout.hpp"
#include "model/file_format.hpp"
#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

/// Maximum total size of the planes: far beyond any file, and safe to add and round up.
constexpr std::uint64_t largest_segment = std::uint64_t{1} << 54;

class Placer {
 public:
  void place(PlaneRecord& plane, std::uint64_t bytes) {
    const bool large = bytes >= file::large_plane;
    const Checked offset = end_.rounded_up(large ? file::segment_alignment : file::plane_alignment);
    end_ = offset + Checked(bytes);
    if (!end_.valid() || end_.value() > largest_segment)
      fail("the model is too large to be stored");
    plane = {.offset = offset.value(), .size = bytes};
  }

  [[nodiscard]] std::uint64_t size() const {
    return end_.rounded_up(file::plane_alignment).value();
  }

 private:
  Checked end_{0};
};

void place_matrix(Placer& placer, const SourceMatrix& matrix, TensorRecord& record) {
  const std::uint64_t height = matrix.rows;
  const std::uint64_t columns = matrix.columns;
  switch (record.format) {
    case MatrixFormat::f32:
    case MatrixFormat::f16: {
      const std::uint64_t element = record.format == MatrixFormat::f32 ? 4 : 2;
      const Checked bytes = Checked(height) * Checked(columns) * Checked(element);
      placer.place(record.codes, bytes.valid() ? bytes.value() : largest_segment + 1);
      return;
    }
    case MatrixFormat::int8:
      placer.place(record.codes, packed::int8_bytes(height, columns));
      placer.place(record.scales, packed::scale_bytes(height, columns));
      return;
    case MatrixFormat::int8_rows:
    case MatrixFormat::int4_rows:
      placer.place(record.codes,
                   rows::code_bytes(record.format == MatrixFormat::int4_rows, height, columns));
      placer.place(record.scales, rows::scale_bytes(height, columns));
      return;
    case MatrixFormat::int4:
      placer.place(record.codes, packed::int4_bytes(height, columns));
      placer.place(record.scales, packed::scale_bytes(height, columns));
      return;
  }
}

/// The class of a tensor, by which the options name its format.
TensorClass class_of(const TensorRow& row) {
  if (row.presence == Presence::untied) return TensorClass::lm_head;
  const auto has = [&row](Extent extent) { return row.rows == extent || row.columns == extent; };
  if (row.columns == Extent::per_layer_all) return TensorClass::tables;
  if (has(Extent::per_layer_all) || has(Extent::per_layer_dim)) return TensorClass::embedding;
  if (has(Extent::vocab_size) || has(Extent::learned_positions)) return TensorClass::embedding;
  if (has(Extent::state_gates)) return TensorClass::gates;
  return has(Extent::hidden_dim) ? TensorClass::feed_forward : TensorClass::attention;
}

}  // namespace

SegmentRecord plan_segment(const SourceModel& source, const WriteOptions& options) {
  SegmentRecord record;
  record.tensors.resize(tensor_count(source.layers.size()));
  visit_source_tensors(source,
                       [&](const TensorRow& row, std::size_t number, const auto& /*member*/) {
                         record.tensors[number].kind = class_of(row);
                       });
  Placer placer;
  visit_tensors(
      source, record,
      [&](const SourceMatrix& matrix, TensorRecord& to) {
        to.format = options.format_of(to.kind, matrix);
        place_matrix(placer, matrix, to);
      },
      [&](const SourceVector& vector, PlaneRecord& to) {
        placer.place(to, vector.values.size() * sizeof(float));
      });
  record.size = placer.size();
  return record;
}

}  // namespace ringlet::convert
