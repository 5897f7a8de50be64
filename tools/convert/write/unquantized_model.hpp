// A source as the runtime computes it before quantization.
#pragma once

#include <filesystem>
#include <memory>

#include "ringlet/model.hpp"
#include "source/paged_file.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

/// A source written without quantization to an unnamed file that disappears with the object.
class UnquantizedModel {
 public:
  /// Writes into `folder`, which must have room for four bytes per weight. Throws
  /// std::runtime_error.
  UnquantizedModel(const SourceModel& source, const std::filesystem::path& folder);
  ~UnquantizedModel();
  UnquantizedModel(const UnquantizedModel&) = delete;
  UnquantizedModel& operator=(const UnquantizedModel&) = delete;

  [[nodiscard]] const Model& model() const { return model_; }
  [[nodiscard]] const PagedFile& file() const { return *file_; }

 private:
  int descriptor_;
  std::unique_ptr<PagedFile> file_;
  Model model_;
};

}  // namespace ringlet::convert
