// A source as the runtime computes it, in some formats, for the time of a conversion.
#pragma once

#include <filesystem>
#include <memory>

#include "ringlet/model.hpp"
#include "source/paged_file.hpp"
#include "source/source_model.hpp"
#include "write/unnamed_file.hpp"
#include "write/write_options.hpp"

namespace ringlet::convert {

/// The formats of a model without quantization.
[[nodiscard]] constexpr WriteOptions unquantized() {
  return {MatrixFormat::f32, MatrixFormat::f32, MatrixFormat::f32};
}

/// A source written to an unnamed file that disappears with the object.
class TemporaryModel {
 public:
  /// Writes into `folder`, which must have room for the model. Throws std::runtime_error.
  TemporaryModel(const SourceModel& source, const WriteOptions& formats,
                 const std::filesystem::path& folder);

  [[nodiscard]] const Model& model() const { return model_; }
  [[nodiscard]] const PagedFile& file() const { return *file_; }

 private:
  UnnamedFile unnamed_;
  std::unique_ptr<PagedFile> file_;
  Model model_;
};

}  // namespace ringlet::convert
