#include "calibrate/fingerprint.hpp"

#include <span>
#include <vector>

#include "source/source_tensors.hpp"
#include "write/segment.hpp"
#include "write/tables.hpp"

namespace ringlet::convert {
namespace {

class Fingerprint {
 public:
  template <typename T>
  void add(std::span<const T> values) {
    hash_.update(std::as_bytes(values));
  }
  void add(std::uint64_t number) { add(std::span<const std::uint64_t>(&number, 1)); }

  void add(const SourceMatrix& matrix) {
    add(matrix.rows);
    add(matrix.columns);
    if (matrix.rows == 0) return;
    std::vector<float> row(matrix.columns);
    matrix.read_row(matrix.rows / 2, row);
    add(std::span<const float>(row));
  }

  Sha256Hash finish() { return hash_.finish(); }

 private:
  Sha256 hash_;
};

}  // namespace

Sha256Hash fingerprint_of(const SourceModel& source, const WriteOptions& formats,
                          const CalibrationText& text) {
  Fingerprint fingerprint;
  fingerprint.add(std::span<const TokenId>(text.tokens));
  fingerprint.add(std::span<const std::uint32_t>(text.windows));
  // The settings are in the tables.
  SegmentRecord segment = plan_segment(source, formats);
  const flatbuffers::DetachedBuffer tables =
      build_tables(source, prepare_tables(source, formats), segment);
  fingerprint.add(std::span<const std::uint8_t>(tables.data(), tables.size()));
  visit_tensors(
      source, std::as_const(segment),
      [&](const SourceMatrix& matrix, const TensorRecord& record) {
        fingerprint.add(static_cast<std::uint64_t>(record.format));
        fingerprint.add(matrix);
      },
      [&](const SourceVector& vector, const PlaneRecord&) {
        fingerprint.add(std::span<const float>(vector.values));
      });
  return fingerprint.finish();
}

}  // namespace ringlet::convert
