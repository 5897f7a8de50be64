#include "text/normalized_window.hpp"

namespace ringlet {

bool NormalizedWindow::grow() noexcept {
  constexpr std::size_t smallest = 16;
  const std::size_t goal = size_ < smallest ? smallest : 2 * size_;
  const std::size_t before = done_;
  while (size_ < goal && !is_whole()) {
    const Normalizer::Part part =
        normalizer_.first_part(rest(done_), {room_.data() + size_, room_.size() - size_});
    if (part.normal_bytes > room_.size() - size_) break;
    size_ += part.normal_bytes;
    done_ += part.source_bytes;
  }
  return done_ > before;
}

NormalizedWindow::Place NormalizedWindow::place(std::size_t index) const noexcept {
  Place place{0, index};
  while (place.source_bytes < done_) {
    const Normalizer::Part part = normalizer_.first_part(rest(place.source_bytes), {});
    if (part.normal_bytes > place.inside) break;
    place.inside -= part.normal_bytes;
    place.source_bytes += part.source_bytes;
  }
  return place;
}

}  // namespace ringlet
