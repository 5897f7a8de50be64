#include "serve/service/shown_records.hpp"

#include <algorithm>

namespace ringlet::serve {

void ShownRecords::reserve(std::uint64_t records, std::uint32_t alternatives) {
  waiting_.alternatives = alternatives;
  waiting_.reserve(static_cast<std::size_t>(records));
}

template <typename IsOut>
TokenRecords ShownRecords::take_while(const Shown& shown, const IsOut& is_out) {
  TokenRecords taken;
  const auto leading = static_cast<std::size_t>(std::min<std::uint64_t>(leading_, waiting_.size()));
  taken.append(waiting_, 0, leading);
  leading_ -= leading;
  std::size_t next = leading;
  // A token without text waits for the next one with some, of whose character it can be a part.
  std::size_t whole = next;
  std::uint64_t end = position_;
  for (; shown.bytes > 0 && next < waiting_.size(); ++next) {
    const std::uint64_t begin = end;
    end += waiting_.extents[next].bytes;
    if (begin < shown.start && end <= shown.start) {  // reasoning, or a mark
      whole = next + 1;
      position_ = end;
      continue;
    }
    if (!is_out(begin, end)) break;
    if (end == begin) continue;
    taken.append(waiting_, whole, next + 1);
    whole = next + 1;
    position_ = end;
  }
  waiting_.drop_first(whole);
  return taken;
}

TokenRecords ShownRecords::take(const Shown& shown) {
  const std::uint64_t out = shown.start + shown.bytes;
  return take_while(shown, [&](std::uint64_t, std::uint64_t end) { return end <= out; });
}

TokenRecords ShownRecords::finish(const Shown& shown, bool is_cut) {
  const std::uint64_t out = shown.start + shown.bytes;
  TokenRecords taken =
      take_while(shown, [&](std::uint64_t begin, std::uint64_t) { return begin < out; });
  if (!is_cut && shown.bytes > 0) taken.append(waiting_, 0, waiting_.size());
  waiting_.drop_first(waiting_.size());
  return taken;
}

}  // namespace ringlet::serve
