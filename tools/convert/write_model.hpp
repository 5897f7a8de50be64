// From a source model to a .ringlet file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "ringlet/formats.hpp"
#include "source_model.hpp"

namespace ringlet::convert {

/// The classes of matrices that a format is chosen for.
enum class TensorClass : std::uint8_t { embedding, attention, feed_forward, head };

/// One truth value for each class.
struct TensorClasses {
  bool embedding = false, attention = false, feed_forward = false, head = false;
};
inline constexpr TensorClasses all_classes{true, true, true, true};

/// The formats of the matrices by class. INT8 for the embedding and the head costs little and keeps
/// quality.
struct WriteOptions {
  MatrixFormat weights = MatrixFormat::int4;
  MatrixFormat embedding = MatrixFormat::int8;
  MatrixFormat head = MatrixFormat::int8;  // ignored when the head is tied to the embedding
  /// In these classes a matrix that its source has quantized goes to the format that holds its
  /// numbers or comes closest (SourceCodes::kept_in), not to that of its class.
  TensorClasses keep_codes{};
  std::optional<MatrixFormat> attention{};     // wq, wk, wv and wo; otherwise `weights`
  std::optional<MatrixFormat> feed_forward{};  // w_gate, w_up and w_down; the same

  /// The format of a class, and of a matrix in it.
  [[nodiscard]] MatrixFormat format_of(TensorClass kind) const;
  [[nodiscard]] MatrixFormat format_of(TensorClass kind, const SourceMatrix& matrix) const;
};

/// What happened to one tensor.
struct TensorReport {
  std::string name;
  std::optional<TensorClass> kind{};  // of a matrix
  MatrixFormat format = MatrixFormat::f32;
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::uint64_t bytes = 0;
  double relative_error = 0;  // rms(w − stored w) / rms(w)
  std::string codes{};        // the source's type where it was quantized there, otherwise empty
};

struct WriteReport {
  std::vector<TensorReport> tensors;
  std::uint64_t parameters = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t weight_bytes = 0;  // planes of matrices
  double bits_per_weight = 0;      // over the matrices
};

struct SegmentRecord;  // segment.hpp

/// Told after each tensor; `done` and `total` count source parameters.
using WriteProgress =
    std::function<void(const TensorReport& tensor, std::uint64_t done, std::uint64_t total)>;

/// Writes a complete model file to `out`, which must be seekable and empty. Throws
/// std::runtime_error with one clear sentence when the source cannot be represented (an
/// inconsistent shape, a weight that is not finite, a tokenizer piece too long) or when writing
/// fails. Leaves what it knows of the data segment in `segment`.
WriteReport write_model(const SourceModel& source, const WriteOptions& options, std::ostream& out,
                        const WriteProgress& progress = {}, SegmentRecord* segment = nullptr);

/// Writes the beginning of such a file again, after settings of `source` have changed that take no
/// room (recommended cache formats). `segment` is what write_model left there.
void rewrite_tables(const SourceModel& source, const WriteOptions& options,
                    const SegmentRecord& segment, std::ostream& out);

/// The same into memory, aligned to 64 bytes when copied to aligned storage; used by tests.
std::vector<std::byte> write_model_to_memory(const SourceModel& source,
                                             const WriteOptions& options);

}  // namespace ringlet::convert
