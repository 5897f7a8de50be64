#include "write/unnamed_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "retry.hpp"
#include "ringlet/linux/failure.hpp"

namespace ringlet::convert {

UnnamedFile::UnnamedFile(const std::filesystem::path& folder)
    : descriptor_(port::retry([&] {
        return ::open(folder.empty() ? "." : folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
      })) {
  if (descriptor_ < 0) {
    throw port::system_failure(folder.empty() ? "." : folder.string(),
                               "cannot take a temporary file", errno);
  }
}

UnnamedFile::~UnnamedFile() { ::close(descriptor_); }

}  // namespace ringlet::convert
