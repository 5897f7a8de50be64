#include "decoder/scattered.hpp"

#include <algorithm>

#include "kernels/packed_layout.hpp"
#include "ringlet/division.hpp"

namespace ringlet {
namespace {

struct Dispatch {
  const KernelSet& kernels;
  const Activations& x;
  const PackedMatrix& matrix;
  std::span<const RowSpan> sessions;
  std::uint32_t stride;
  float* tiles;
  std::uint32_t threads;
};

/// The rows [first, first + count) of a matrix; `first` is a multiple of 16.
PackedMatrix part_of(const PackedMatrix& matrix, std::size_t first, std::size_t count) {
  PackedMatrix part = matrix;
  part.rows = static_cast<std::uint32_t>(count);
  if (matrix.scales == nullptr) {
    const std::size_t element = matrix.format == MatrixFormat::f32 ? 4 : 2;
    part.codes += first * matrix.columns * element;
    return part;
  }
  const std::size_t blocks =
      first / packed::panel_rows * packed::groups(std::size_t{matrix.columns});
  part.codes += blocks * (matrix.format == MatrixFormat::int4 ? packed::int4_panel_bytes
                                                              : packed::int8_panel_bytes);
  part.scales += blocks * packed::panel_rows;
  return part;
}

/// Copies a tile, whose rows are those of the wanted tokens, to columns `first` … of the logits.
void copy_out(const Dispatch& dispatch, const float* tile, std::size_t first, std::size_t count) {
  for (const RowSpan& session : dispatch.sessions) {
    for (std::size_t i = 0; i < session.wanted; ++i) {
      std::copy_n(tile, count, session.logits + i * dispatch.stride + first);
      tile += tile_rows;
    }
  }
}

void run_thread(void* argument, std::uint32_t thread) {
  const auto& dispatch = *static_cast<const Dispatch*>(argument);
  const std::uint64_t panels = packed::panels(dispatch.matrix.rows);
  const auto boundary = [&](std::uint32_t t) {
    return static_cast<std::size_t>(quotient(panels * t, dispatch.threads)) * packed::panel_rows;
  };
  float* tile = dispatch.tiles + thread * static_cast<std::size_t>(tile_floats(dispatch.x.tokens));
  const std::size_t end = boundary(thread + 1);
  for (std::size_t first = boundary(thread); first < end; first += tile_rows) {
    const std::size_t padded = std::min<std::size_t>(tile_rows, end - first);
    const std::size_t rows = std::min<std::size_t>(padded, dispatch.matrix.rows - first);
    dispatch.kernels.multiply(part_of(dispatch.matrix, first, rows), dispatch.x, tile, tile_rows, 0,
                              rows);
    copy_out(dispatch, tile, first, padded);
  }
}

}  // namespace

void multiply_scattered(const KernelSet& kernels, const Team& team, const Activations& x,
                        const PackedMatrix& matrix, std::span<const RowSpan> sessions,
                        std::uint32_t stride, float* tiles) noexcept {
  Dispatch dispatch{kernels, x, matrix, sessions, stride, tiles, team.threads};
  team.run(team.user_data, team.threads, run_thread, &dispatch);
}

}  // namespace ringlet
