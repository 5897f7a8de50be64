#include "ringlet/status.hpp"

#include "ringlet/division.hpp"

namespace ringlet {
namespace {

/// Appends text to a fixed buffer and drops what does not fit.
class LineWriter {
 public:
  explicit LineWriter(std::span<char> buffer) noexcept : buffer_(buffer) {}

  void text(const char* s) noexcept {
    for (; *s != '\0'; ++s) character(*s);
  }
  void character(char c) noexcept {
    if (size_ < buffer_.size()) buffer_[size_++] = c;
  }
  /// Puts a comma between groups of `group` digits; the default puts none.
  void number(std::uint64_t value, unsigned group = 20) noexcept {
    char digits[26];
    std::size_t count = 0;
    unsigned left = group;
    do {
      if (left-- == 0) {
        digits[count++] = ',';
        left = group - 1;
      }
      digits[count++] = static_cast<char>('0' + remainder(value, 10));
      value = quotient(value, 10);
    } while (value != 0);
    while (count > 0) character(digits[--count]);
  }
  [[nodiscard]] std::string_view view() const noexcept { return {buffer_.data(), size_}; }

 private:
  std::span<char> buffer_;
  std::size_t size_ = 0;
};

/// Whether two texts are equal. strcmp() would take flash that lean builds do not have otherwise.
bool same(const char* a, const char* b) noexcept {
  for (; *a == *b && *a != '\0'; ++a) ++b;
  return *a == *b;
}

}  // namespace

Status::Status() noexcept = default;

Status::Status(ErrorCode code, const char* where, const char* what) noexcept
    : what_(what), where_(where), code_(code) {}

[[gnu::noinline]] Status Status::with(std::uint64_t needed, std::uint64_t actual) const noexcept {
  Status copy = *this;
  copy.needed_ = needed;
  copy.actual_ = actual;
  copy.numbers_ = Numbers::needs;
  return copy;
}

// These build on with(), because every inlined copy of a status takes flash.
Status Status::at_most(std::uint64_t most, std::uint64_t actual) const noexcept {
  Status copy = with(most, actual);
  copy.numbers_ = Numbers::at_most;
  return copy;
}

Status Status::got(std::uint64_t actual) const noexcept {
  Status copy = with(0, actual);
  copy.numbers_ = Numbers::got;
  return copy;
}

Status Status::compare(Numbers numbers, std::uint64_t needed, std::uint64_t actual) const noexcept {
  Status copy = with(needed, actual);
  copy.numbers_ = numbers;
  return copy;
}

Status Status::at(std::int64_t index) const noexcept {
  Status copy = *this;
  copy.index_ = index;
  return copy;
}

Status Status::suggest(const char* setting, std::uint32_t value) const noexcept {
  Status copy = *this;
  copy.setting_ = setting;
  copy.suggestion_ = value;
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
  if (status.numbers() != Numbers::none) {
    line.text(" (");
    if (status.numbers() != Numbers::got) {
      line.text(status.numbers() == Numbers::at_most ? "at most " : "needs ");
      line.number(status.needed(), 3);
      // Memory is counted in bytes, whatever it is for.
      if (status.code() == ErrorCode::not_enough_memory) line.text(" bytes");
      line.text(", ");
    }
    line.text("got ");
    line.number(status.actual(), 3);
    line.text(")");
  }
  if (status.has_suggestion() && !same(status.setting(), status.where())) {
    line.text("; ");
    line.text(status.setting());
    line.text(" ");
    line.number(status.suggestion());
    line.text(" would fit");
  }
  return line.view();
}

}  // namespace ringlet
