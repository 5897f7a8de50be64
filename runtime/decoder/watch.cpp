#include "decoder/decoder.hpp"

#include "numerics/finite.hpp"

namespace ringlet {

void Decoder::watch(Tap tap, std::uint32_t layer, const Rows& x, std::uint32_t columns) noexcept {
  pass_->for_each_session([&](const RowSpan& span) {
    watch_span(tap, layer, span, {x.row(span.first), x.stride}, columns);
  });
}

void Decoder::watch_span(Tap tap, std::uint32_t layer, const RowSpan& span, const Rows& x,
                         std::uint32_t columns) noexcept {
  if (observer_.observe != nullptr) {
    observer_.observe(observer_.user_data, {tap, layer, span.position, span.count, x.data, columns,
                                            x.stride, span.session});
  }
  if (tap == Tap::keys || tap == Tap::values) return;  // store_kv() checks them
  for (std::uint32_t i = 0; i < span.count; ++i) {
    require_below(overflow_begins, tap, layer, span.first + i, x.row(i), columns);
  }
}

void Decoder::require_below(float limit, Tap tap, std::uint32_t layer, std::uint32_t row,
                            const float* x, std::size_t n) noexcept {
  if (row >= finite_rows_ || all_below(x, n, limit)) return;
  finite_rows_ = row;
  fault_ = {.tap = tap, .layer = layer};
}

std::uint64_t Decoder::position_of(std::uint32_t row) const noexcept {
  std::uint64_t position = 0;
  pass_->for_each_session([&](const RowSpan& span) {
    if (row >= span.first) position = span.position + (row - span.first);
  });
  return position;
}

}  // namespace ringlet
