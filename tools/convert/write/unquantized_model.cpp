#include "write/unquantized_model.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "retry.hpp"
#include "source/errors.hpp"
#include "write/file_writer.hpp"
#include "write/write_model.hpp"

namespace ringlet::convert {

UnquantizedModel::UnquantizedModel(const SourceModel& source, const std::filesystem::path& folder)
    : descriptor_(port::retry([&] {
        return ::open(folder.empty() ? "." : folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
      })) {
  if (descriptor_ < 0) {
    fail(folder.string(), " cannot take a temporary file: ", std::strerror(errno));
  }
  const std::string path = "/proc/self/fd/" + std::to_string(descriptor_);
  std::ofstream out;
  open_for_writing(out, path);
  if (!out) fail("the unquantized model cannot be written: ", std::strerror(errno));
  write_model(source, {MatrixFormat::f32, MatrixFormat::f32, MatrixFormat::f32}, out);
  close_written(out, "the unquantized model");
  file_ = std::make_unique<PagedFile>(path);
  const Result<Model> opened = Model::open(file_->bytes());
  std::array<char, 256> text{};
  if (!opened) fail("the unquantized model does not open: ", describe(opened.status(), text));
  model_ = *opened;
}

UnquantizedModel::~UnquantizedModel() { ::close(descriptor_); }

}  // namespace ringlet::convert
