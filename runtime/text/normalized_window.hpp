// The beginning of a text's normal form, computed as far as needed.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "text/normalizer.hpp"

namespace ringlet {

class NormalizedWindow {
 public:
  /// Omits the first `skip` bytes of the normal form of `source`, which belong to its first part.
  /// The window is stored in `room`.
  NormalizedWindow(const Normalizer& normalizer, std::string_view source, std::size_t skip,
                   std::span<char> room) noexcept
      : normalizer_(normalizer), source_(source), skip_(skip), room_(room) {}

  /// Doubles the window. Returns false if there is no room for more.
  bool grow() noexcept;

  [[nodiscard]] std::string_view text() const noexcept {
    return size_ < skip_ ? std::string_view()
                         : std::string_view(room_.data() + skip_, size_ - skip_);
  }

  /// Whether the window reaches the end of the source.
  [[nodiscard]] bool is_whole() const noexcept { return done_ == source_.size(); }

  /// The origin of a byte of the normal form.
  struct Place {
    std::size_t source_bytes = 0;  // size of the whole parts before it
    std::size_t inside = 0;        // bytes of its own part's normal form before it
  };

  /// The origin of byte `index`, counting the omitted bytes.
  [[nodiscard]] Place place(std::size_t index) const noexcept;

 private:
  [[nodiscard]] std::string_view rest(std::size_t begin) const noexcept {
    return {source_.data() + begin, source_.size() - begin};
  }

  const Normalizer& normalizer_;
  std::string_view source_;
  std::size_t skip_;
  std::span<char> room_;
  std::size_t size_ = 0;  // bytes of the normal form
  std::size_t done_ = 0;  // bytes of the source that it covers
};

}  // namespace ringlet
