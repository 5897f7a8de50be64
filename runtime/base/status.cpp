#include "ringlet/status.hpp"

namespace ringlet {
namespace {

/// Appends to a fixed buffer and drops what does not fit.
class LineWriter {
 public:
  explicit LineWriter(std::span<char> buffer) noexcept : buffer_(buffer) {}

  void text(std::string_view s) noexcept {
    for (char c : s) {
      if (size_ < buffer_.size()) buffer_[size_++] = c;
    }
  }
  void number(std::uint64_t value) noexcept {
    char digits[20];
    std::size_t count = 0;
    do {
      digits[count++] = static_cast<char>('0' + value % 10);
      value /= 10;
    } while (value != 0);
    while (count > 0) text({&digits[--count], 1});
  }
  [[nodiscard]] std::string_view view() const noexcept { return {buffer_.data(), size_}; }

 private:
  std::span<char> buffer_;
  std::size_t size_ = 0;
};

}  // namespace

Status::Status() noexcept = default;

Status::Status(ErrorCode code, const char* where, const char* what) noexcept
    : what_(what), where_(where), code_(code) {}

Status Status::with(std::uint64_t needed, std::uint64_t actual) const noexcept {
  Status copy = *this;
  copy.needed_ = needed;
  copy.actual_ = actual;
  copy.has_numbers_ = true;
  return copy;
}

Status Status::at(std::int64_t index) const noexcept {
  Status copy = *this;
  copy.index_ = index;
  return copy;
}

std::string_view describe(const Status& status, std::span<char> buffer) noexcept {
  LineWriter line(buffer);
  if (status.ok()) {
    line.text("ok");
    return line.view();
  }
  line.text(status.where());
  if (status.index() >= 0) {
    line.text("[");
    line.number(static_cast<std::uint64_t>(status.index()));
    line.text("]");
  }
  line.text(": ");
  line.text(status.what());
  if (status.has_numbers()) {
    line.text(" (needed ");
    line.number(status.needed());
    line.text(", got ");
    line.number(status.actual());
    line.text(")");
  }
  return line.view();
}

}  // namespace ringlet
