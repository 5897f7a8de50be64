#include "ringlet/lookup.hpp"

#include <algorithm>

#include "base/invalid_argument.hpp"

namespace ringlet {

Result<Lookup> Lookup::create(std::uint32_t window, std::span<std::byte> workspace) noexcept {
  if (window == 0) return invalid_argument("lookup_window", "must be at least 1");
  if (reinterpret_cast<std::uintptr_t>(workspace.data()) % alignof(std::uint32_t) != 0) {
    return invalid_argument("workspace", "must be aligned to 4 bytes");
  }
  const std::uint64_t needed = workspace_bytes(window);
  if (workspace.size() < needed) {
    return Status(ErrorCode::not_enough_memory, "workspace", "too small for this lookup_window")
        .with(needed, workspace.size());
  }
  Lookup lookup;
  // Arrays of trivial types begin to exist implicitly in byte storage (C++20, P0593).
  auto* words = reinterpret_cast<std::uint32_t*>(workspace.data());
  lookup.ring_ = {words, window};
  lookup.tables_ = {words + window, static_cast<std::size_t>(gram_sizes * table_entries(window))};
  lookup.reset();
  return lookup;
}

void Lookup::reset() noexcept {
  end_ = 0;
  std::fill(tables_.begin(), tables_.end(), 0);
}

TokenId Lookup::token(std::uint32_t place) const noexcept { return ring_[place % ring_.size()]; }

/// The entry for the text's last `size` tokens: the place after their newest occurrence.
std::uint32_t& Lookup::newest(std::size_t size) const noexcept {
  std::uint32_t hash = 0;
  for (std::size_t i = 1; i <= size; ++i) {
    hash = (hash ^ token(end_ - static_cast<std::uint32_t>(i))) * 0x9E3779B1U;
    hash ^= hash >> 15;
  }
  const std::size_t entries = tables_.size() / gram_sizes;
  return tables_[(size - shortest_gram) * entries + (hash & (entries - 1))];
}

/// Whether the `size` tokens before `place` are the text's last ones and, like the one at `place`,
/// still in the ring.
bool Lookup::repeats(std::uint32_t place, std::size_t size) const noexcept {
  const std::uint32_t back = end_ - place;  // of an entry never set, end_ itself
  if (back == 0 || place < size || back + size > std::min<std::size_t>(end_, ring_.size())) {
    return false;
  }
  for (std::uint32_t i = 1; i <= size; ++i) {
    if (token(place - i) != token(end_ - i)) return false;
  }
  return true;
}

void Lookup::observe(std::span<const TokenId> tokens) noexcept {
  for (const TokenId next : tokens) {
    // The end of the text is the place after its last tokens.
    for (std::size_t size = shortest_gram; size < shortest_gram + gram_sizes; ++size) {
      if (size <= std::min<std::size_t>(end_, ring_.size())) newest(size) = end_;
    }
    ring_[end_ % ring_.size()] = next;
    ++end_;
  }
}

std::size_t Lookup::draft(std::span<TokenId> out) const noexcept {
  for (std::size_t size = shortest_gram + gram_sizes - 1; size >= shortest_gram; --size) {
    if (size > std::min<std::size_t>(end_, ring_.size())) continue;
    const std::uint32_t place = newest(size);
    if (!repeats(place, size)) continue;
    for (std::uint32_t i = 0; i < out.size(); ++i) {
      const std::uint32_t at = place + i;
      out[i] = i < end_ - place ? token(at) : out[at - end_];
    }
    return out.size();
  }
  return 0;
}

Drafter Lookup::drafter() noexcept { return Drafter::of(*this); }

}  // namespace ringlet
