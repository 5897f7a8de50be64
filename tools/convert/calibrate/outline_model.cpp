#include "calibrate/outline_model.hpp"

#include <array>
#include <fstream>

#include "source/errors.hpp"
#include "write/file_writer.hpp"
#include "write/write_model.hpp"

namespace ringlet::convert {

OutlineModel::OutlineModel(const SourceModel& source, const WriteOptions& formats,
                           const std::filesystem::path& folder)
    : unnamed_(folder) {
  if (!source.tokenizer) {
    fail("the source has no tokenizer to read a text with; name one with --tokenizer");
  }
  std::ofstream out;
  open_for_writing(out, unnamed_.path());
  const std::uint64_t bytes = write_outline(source, formats, out);
  close_written(out, "the outline of the model");
  std::filesystem::resize_file(unnamed_.path(), bytes);
  file_ = std::make_unique<PagedFile>(unnamed_.path());
  const Result<Model> opened = Model::open(file_->bytes());
  std::array<char, 256> text{};
  if (!opened) fail("the outline of the model does not open: ", describe(opened.status(), text));
  model_ = *opened;
  const Result<Tokenizer> tokenizer = Tokenizer::open(model_);
  if (!tokenizer) fail("the tokenizer does not open: ", describe(tokenizer.status(), text));
  tokenizer_ = *tokenizer;
}

}  // namespace ringlet::convert
