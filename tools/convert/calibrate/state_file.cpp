#include "calibrate/state_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <span>

#include "base/crc32c.hpp"
#include "retry.hpp"
#include "ringlet/linux/failure.hpp"
#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

constexpr std::uint64_t header_room = 4096;
constexpr std::array<char, 16> magic = {'r', 'i', 'n', 'g', 'l', 'e', 't', ' ',
                                        'c', 'a', 'l', 'i', 'b', 'r', ' ', '1'};

}  // namespace

struct StateFile::Header {
  std::array<char, 16> name = magic;
  Sha256Hash fingerprint{};
  std::uint32_t finished = 0;
  std::uint32_t checksum = 0;  // of what is before it

  [[nodiscard]] std::uint32_t expected_checksum() const {
    return crc32c(std::as_bytes(std::span(this, 1)).first(offsetof(Header, checksum)));
  }
};

StateFile::StateFile(const std::optional<std::filesystem::path>& path,
                     const std::filesystem::path& folder, Content content)
    : path_(path), content_(std::move(content)) {
  std::uint64_t end =
      header_room + std::uint64_t{4} * content_.tokens * content_.dim * sizeof(float);
  for (const MatrixShape& shape : content_.matrices) {
    offsets_.push_back(end);
    end += Int4Planes::bytes(shape.rows, shape.columns);
  }
  for (const std::size_t width : content_.lent) {
    lent_offsets_.push_back(end);
    end += std::uint64_t{4} * content_.tokens * width * sizeof(float);
  }
  if (path_) {
    open_named();
  } else {
    unnamed_ = std::make_unique<UnnamedFile>(folder);
  }
}

StateFile::Named::~Named() {
  if (descriptor >= 0) ::close(descriptor);
}

int StateFile::descriptor() const { return unnamed_ ? unnamed_->descriptor() : named_.descriptor; }

void StateFile::open_named() {
  const std::string name = path_->string();
  named_.descriptor =
      port::retry([&] { return ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600); });
  if (named_.descriptor < 0) throw port::system_failure(name, "cannot be opened", errno);
  if (port::retry([&] { return ::flock(named_.descriptor, LOCK_EX | LOCK_NB); }) != 0) {
    fail(name, " is in use by another conversion");
  }
  struct stat info {};
  if (::fstat(named_.descriptor, &info) != 0)
    throw port::system_failure(name, "cannot be read", errno);
  if (!S_ISREG(info.st_mode)) fail(name, " is not a regular file");
  if (info.st_size == 0) {
    write_header();
  } else {
    read_header();
  }
}

void StateFile::read_header() {
  const std::string name = path_->string();
  Header header;
  struct stat info {};
  if (::fstat(named_.descriptor, &info) != 0)
    throw port::system_failure(name, "cannot be read", errno);
  if (static_cast<std::uint64_t>(info.st_size) < sizeof(header)) {
    fail(name, " is not the state of a calibration; name another file");
  }
  read_at(named_.descriptor, 0, std::as_writable_bytes(std::span(&header, 1)));
  if (header.name != magic || header.checksum != header.expected_checksum()) {
    fail(name, " is not the state of a calibration; name another file");
  }
  if (header.fingerprint != content_.fingerprint) {
    fail(name,
         " is the state of another calibration: the source, the text or the formats differ; "
         "remove it or name another file");
  }
  finished_ = header.finished;
}

void StateFile::write_header() const {
  Header header;
  header.fingerprint = content_.fingerprint;
  header.finished = finished_;
  header.checksum = header.expected_checksum();
  write_at(descriptor(), 0, std::as_bytes(std::span(&header, 1)));
}

RowFile StateFile::inputs(std::uint32_t layer, std::uint32_t path) const {
  const std::uint64_t size = std::uint64_t{content_.tokens} * content_.dim * sizeof(float);
  const std::uint64_t place = std::uint64_t{layer % 2} * 2 + path;
  return {descriptor(), header_room + place * size, content_.dim};
}

StateFile::Lent StateFile::lent(std::size_t number) const {
  const std::size_t width = content_.lent[number];
  const std::uint64_t size = std::uint64_t{content_.tokens} * width * sizeof(float);
  const auto part = [&](std::uint64_t i) {
    return RowFile(descriptor(), lent_offsets_[number] + i * size, width);
  };
  return {part(0), part(1), part(2), part(3)};
}

void StateFile::write(std::size_t matrix, const Int4Planes& planes) const {
  write_at(descriptor(), offsets_[matrix], std::as_bytes(std::span(planes.codes)));
  write_at(descriptor(), offsets_[matrix] + planes.codes.size(),
           std::as_bytes(std::span(planes.scales)));
}

Int4Planes StateFile::read(std::size_t matrix) const {
  const MatrixShape& shape = content_.matrices[matrix];
  Int4Planes planes(shape.rows, shape.columns);
  read_at(descriptor(), offsets_[matrix], std::as_writable_bytes(std::span(planes.codes)));
  read_at(descriptor(), offsets_[matrix] + planes.codes.size(),
          std::as_writable_bytes(std::span(planes.scales)));
  return planes;
}

void StateFile::finish_layer() {
  const auto flush = [&] {
    if (path_ && port::retry([&] { return ::fdatasync(named_.descriptor); }) != 0) {
      throw port::system_failure(path_->string(), "cannot be written", errno);
    }
  };
  flush();
  ++finished_;
  write_header();
  flush();
}

void StateFile::remove() {
  if (path_) ::unlink(path_->c_str());
}

}  // namespace ringlet::convert
