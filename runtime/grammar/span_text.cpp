#include "grammar/span_text.hpp"

#include <algorithm>

#include "base/invalid_argument.hpp"
#include "text/utf8.hpp"

namespace ringlet {
namespace {

/// Compares runs that go on to their ends; equal ones by their places.
bool comes_before(const SpanText& span, std::uint32_t a, std::uint32_t b) noexcept {
  for (std::uint32_t offset = 0;; ++offset) {
    const int left = span.byte(a, offset);
    const int right = span.byte(b, offset);
    if (left != right) return left < right;
    if (left < 0) return span.places[a] < span.places[b];
  }
}

/// Sorts by a heap: in place, and without the worst case of quicksort. Comparisons need indices.
void sort_places(SpanText& span, std::uint16_t* places) noexcept {
  const auto sift = [&](std::uint32_t root, std::uint32_t count) {
    for (std::uint32_t child = 2 * root + 1; child < count; child = 2 * root + 1) {
      if (child + 1 < count && comes_before(span, child, child + 1)) ++child;
      if (!comes_before(span, root, child)) return;
      std::swap(places[root], places[child]);
      root = child;
    }
  };
  for (std::uint32_t root = span.count / 2; root > 0; --root) sift(root - 1, span.count);
  for (std::uint32_t count = span.count; count > 1; --count) {
    std::swap(places[0], places[count - 1]);
    sift(0, count - 1);
  }
}

}  // namespace

Result<SpanText> make_span_text(std::string_view text, std::span<std::uint16_t> places) noexcept {
  if (text.size() > places.size()) {
    return Status(ErrorCode::not_enough_memory, "span_bytes", "too small for this text")
        .with(text.size(), places.size());
  }
  SpanText span{.text = text.data(),
                .places = places.data(),
                .bytes = static_cast<std::uint16_t>(text.size())};
  for (std::size_t at = 0; at < text.size();) {
    // Not substr(), which checks and needs exceptions for that.
    const std::size_t size = utf8_first_character({text.data() + at, text.size() - at});
    if (size == 1 && static_cast<std::uint8_t>(text[at]) >= 0x80) {
      return invalid_argument("text", "must be UTF-8").at(static_cast<std::int64_t>(at));
    }
    places[span.count] = static_cast<std::uint16_t>(at);
    if (span.byte(span.count, 0) >= 0) ++span.count;
    at += size;
  }
  sort_places(span, places.data());
  return span;
}

}  // namespace ringlet
