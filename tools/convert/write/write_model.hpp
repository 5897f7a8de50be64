// Writes a source model to a .ringlet file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "ringlet/formats.hpp"
#include "source/source_model.hpp"
#include "write/segment.hpp"
#include "write/write_options.hpp"

namespace ringlet::convert {

/// The result for one tensor.
struct TensorReport {
  std::string name;
  std::optional<TensorClass> kind{};  // of a matrix
  MatrixFormat format = MatrixFormat::f32;
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::uint64_t bytes = 0;
  double relative_error = 0;  // rms(w − stored w) / rms(w)
  std::string codes{};        // the source's type if it was quantized there, otherwise empty
};

struct WriteReport {
  std::vector<TensorReport> tensors;
  std::uint64_t parameters = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t weight_bytes = 0;  // planes of matrices
  double bits_per_weight = 0;      // over the matrices
};

/// Called after each tensor. `done` and `total` count source parameters.
using WriteProgress =
    std::function<void(const TensorReport& tensor, std::uint64_t done, std::uint64_t total)>;

/// Writes a complete model file to `out`, which must be seekable and empty, and stores the layout
/// of the data segment in `segment`. Throws std::runtime_error with one clear sentence if the
/// source cannot be represented (an inconsistent shape, a weight that is not finite, a tokenizer
/// piece too long) or if writing fails.
WriteReport write_model(const SourceModel& source, const WriteOptions& options, std::ostream& out,
                        const WriteProgress& progress = {}, SegmentRecord* segment = nullptr);

/// Writes what comes before the weights, and returns the size of the whole file: what a plan is
/// made from. Checksums and errors are zero. The source's matrices are not read.
std::uint64_t write_outline(const SourceModel& source, const WriteOptions& options,
                            std::ostream& out);

/// Rewrites the beginning of such a file after changes to settings of `source` that need no room
/// (recommended cache formats). `segment` is the result of write_model.
void rewrite_tables(const SourceModel& source, const WriteOptions& options,
                    const SegmentRecord& segment, std::ostream& out);

/// Writes a model into memory, for tests. Aligned to 64 bytes when copied to aligned storage.
std::vector<std::byte> write_model_to_memory(const SourceModel& source,
                                             const WriteOptions& options);

}  // namespace ringlet::convert
