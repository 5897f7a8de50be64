// A model without weights, for its tokenizer.
#pragma once

#include <memory>

#include "ringlet/model.hpp"
#include "ringlet/tokenizer.hpp"
#include "source/paged_file.hpp"
#include "source/source_model.hpp"
#include "write/unnamed_file.hpp"
#include "write/write_options.hpp"

namespace ringlet::convert {

/// The tables of a model in an unnamed file, with a hole in place of the weights.
class OutlineModel {
 public:
  /// Throws std::runtime_error if the source has no tokenizer.
  OutlineModel(const SourceModel& source, const WriteOptions& formats,
               const std::filesystem::path& folder);

  [[nodiscard]] const Tokenizer& tokenizer() const { return tokenizer_; }

 private:
  UnnamedFile unnamed_;
  std::unique_ptr<PagedFile> file_;
  Model model_;
  Tokenizer tokenizer_;
};

}  // namespace ringlet::convert
