#include "cache/recurrent.hpp"

#include <algorithm>
#include <new>

namespace ringlet {

Recurrent* Recurrent::make(const RecurrentSizes& sizes, const KernelSet& kernels,
                           std::span<std::byte> inputs, std::span<std::byte> state) noexcept {
  static_assert(sizeof(Recurrent) <= RecurrentSizes::object_bytes);
  if (sizes.none()) return nullptr;
  std::fill(inputs.begin(), inputs.end(), std::byte{0});
  auto* rows = reinterpret_cast<float*>(inputs.data() + RecurrentSizes::object_bytes);
  return new (inputs.data()) Recurrent{
      .inputs = RecurrentInputs(sizes.inputs, rows),
      .state = RecurrentState(sizes.state, kernels, reinterpret_cast<float*>(state.data()))};
}

std::uint64_t Recurrent::earliest() const noexcept {
  return std::max(inputs.earliest(), state.sizes().layers == 0 ? 0 : state.earliest());
}

void Recurrent::save(std::uint64_t position, std::byte* out) const noexcept {
  inputs.save(position, out);
  if (state.sizes().layers != 0) state.save(position, out + inputs.saved_bytes());
}

void Recurrent::load(std::uint64_t position, const std::byte* saved) noexcept {
  inputs.load(position, saved);
  if (state.sizes().layers != 0) state.load(position, saved + inputs.saved_bytes());
}

}  // namespace ringlet
