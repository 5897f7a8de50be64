// The beginning of a text's normal form, no more of it than is asked for.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "text/normalizer.hpp"

namespace ringlet {

class NormalWindow {
 public:
  /// Of the normal form of `source`, `skip` bytes of its first part are left out. The window lies
  /// in `room`.
  NormalWindow(const Normalizer& normalizer, std::string_view source, std::size_t skip,
               std::span<char> room) noexcept
      : normalizer_(normalizer), source_(source), skip_(skip), room_(room) {}

  /// Twice as much as before; false when nothing more has room.
  bool grow() noexcept;

  [[nodiscard]] std::string_view text() const noexcept {
    return size_ < skip_ ? std::string_view()
                         : std::string_view(room_.data() + skip_, size_ - skip_);
  }

  /// Whether it reaches to the end of the source.
  [[nodiscard]] bool is_whole() const noexcept { return done_ == source_.size(); }

  /// Where a byte of the normal form comes from.
  struct Place {
    std::size_t source_bytes = 0;  // of whole parts in front of it
    std::size_t inside = 0;        // bytes of the normal form of its own part in front of it
  };

  /// The place of the byte `index`, counting what is left out.
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
  std::size_t done_ = 0;  // bytes of the source that they stand for
};

}  // namespace ringlet
