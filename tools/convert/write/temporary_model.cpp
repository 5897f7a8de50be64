#include "write/temporary_model.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "source/errors.hpp"
#include "write/file_writer.hpp"
#include "write/write_model.hpp"

namespace ringlet::convert {

TemporaryModel::TemporaryModel(const SourceModel& source, const WriteOptions& formats,
                               const std::filesystem::path& folder)
    : unnamed_(folder) {
  const std::string path = unnamed_.path();
  std::ofstream out;
  open_for_writing(out, path);
  if (!out) fail("a temporary model cannot be written: ", std::strerror(errno));
  write_model(source, formats, out);
  close_written(out, "a temporary model");
  file_ = std::make_unique<PagedFile>(path);
  const Result<Model> opened = Model::open(file_->bytes());
  std::array<char, 256> text{};
  if (!opened) fail("a temporary model does not open: ", describe(opened.status(), text));
  model_ = *opened;
}

}  // namespace ringlet::convert
