#include "write/file_writer.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <ostream>
#include <stdexcept>

#include "source/errors.hpp"

namespace ringlet::convert {

void FileWriter::pad_to(std::uint64_t offset) {
  static constexpr std::array<std::byte, 4096> zeros{};
  if (offset < end_) throw std::logic_error("planes are not in the order of their offsets");
  while (end_ < offset) {
    const auto bytes = std::min<std::uint64_t>(offset - end_, zeros.size());
    append(std::span(zeros).first(static_cast<std::size_t>(bytes)));
  }
}

void FileWriter::append(std::span<const std::byte> bytes) {
  errno = 0;
  out_.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  check();
  end_ += bytes.size();
}

void FileWriter::overwrite_beginning(std::span<const std::byte> bytes) {
  errno = 0;
  out_.seekp(0);
  out_.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  out_.flush();
  check();
}

void FileWriter::check() const {
  if (out_) return;
  fail("the model file could not be written",
       errno != 0 ? std::string(": ") + std::strerror(errno) : std::string());
}

void open_for_writing(std::ofstream& stream, const std::string& path) {
  do {
    errno = 0;
    stream.clear();
    stream.open(path, std::ios::binary | std::ios::out | std::ios::trunc);
  } while (!stream && errno == EINTR);
}

void close_written(std::ofstream& stream, const std::string& what) {
  errno = 0;
  stream.close();
  if (stream) return;
  fail(what, " could not be written: ", errno != 0 ? std::strerror(errno) : "unknown reason");
}

}  // namespace ringlet::convert
