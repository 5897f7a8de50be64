#include "source/paged_file.hpp"

#include "source/errors.hpp"
#include "source/foreign_file.hpp"

namespace ringlet::convert {

PagedFile::PagedFile(const std::filesystem::path& path, std::size_t files)
    : file_(path.string(), port::MappedFile::Reading::once),
      most_kept_((std::size_t{64} << 20) / files) {
  if (const std::optional<std::string> pointer = describe_pointer(bytes())) {
    fail(path.string(), " ", *pointer);
  }
}

void PagedFile::note_read(std::size_t bytes) const {
  read_ += bytes;
  if (read_ < most_kept_) return;
  read_ = 0;
  file_.forget_pages();
}

}  // namespace ringlet::convert
