#include "decoder/linear.hpp"

#include <algorithm>

#include "base/features.hpp"
#include "kernels/packed_layout.hpp"
#include "ringlet/division.hpp"

namespace ringlet {
namespace {

struct Dispatch {
  const KernelSet& kernels;
  const Activations& x;
  std::initializer_list<Product> products;
  std::uint64_t panels;
  std::uint32_t threads;

  [[nodiscard]] std::uint64_t share_begins(std::uint32_t thread) const {
    return features::threads ? quotient(panels * thread, threads) : panels * thread;
  }
};

/// The share of one thread: panels [thread·P/threads, (thread+1)·P/threads) of the concatenated
/// matrices.
void run_thread(void* argument, std::uint32_t thread) {
  const auto& dispatch = *static_cast<const Dispatch*>(argument);
  std::uint64_t begin = dispatch.share_begins(thread);
  const std::uint64_t end = dispatch.share_begins(thread + 1);
  std::uint64_t base = 0;
  for (const Product& product : dispatch.products) {
    const std::uint64_t count = packed::panels(product.matrix->rows);
    if (begin < base + count && begin < end) {
      const std::uint64_t last = std::min(end, base + count);
      const auto row_end =
          std::min<std::uint64_t>((last - base) * packed::panel_rows, product.matrix->rows);
      dispatch.kernels.multiply(*product.matrix, dispatch.x, product.out.data, product.out.stride,
                                static_cast<std::size_t>((begin - base) * packed::panel_rows),
                                static_cast<std::size_t>(row_end));
      begin = last;
    }
    base += count;
  }
}

void run_kernels(const KernelSet& kernels, const Team& team, const Activations& x,
                 std::initializer_list<Product> products) {
  std::uint64_t panels = 0;
  for (const Product& product : products) panels += packed::panels(product.matrix->rows);
  Dispatch dispatch{kernels, x, products, panels, team.threads};
  team.run(team.user_data, team.threads, run_thread, &dispatch);
}

}  // namespace

Activations quantize_rows(const KernelSet& kernels, const Rows& x, std::uint32_t columns,
                          std::uint32_t tokens, const QuantizedRows& room) noexcept {
  for (std::size_t t = 0; t < tokens; ++t) {
    kernels.quantize(
        x.row(t), columns,
        {room.first.codes + t * room.code_stride, room.first.scales + t * room.group_stride,
         room.first.offsets + t * room.group_stride});
  }
  return {.floats = x.data,
          .quantized = room.first,
          .tokens = tokens,
          .float_stride = x.stride,
          .code_stride = room.code_stride,
          .group_stride = room.group_stride};
}

void multiply(const KernelSet& kernels, const Team& team, const Accelerator& accelerator,
              const Activations& x, std::initializer_list<Product> products) noexcept {
  if (!features::accelerator || accelerator.multiply == nullptr || x.tokens == 1) {
    return run_kernels(kernels, team, x, products);
  }
  for (const Product& product : products) {
    const PackedMatrix& matrix = *product.matrix;
    if (features::per_layer && matrix.rows == 0) continue;
    const bool taken = accelerator.multiply(accelerator.user_data, team,
                                            {.matrix = matrix.codes,
                                             .rows = matrix.rows,
                                             .columns = matrix.columns,
                                             .tokens = x.tokens,
                                             .x = x.floats,
                                             .x_stride = x.float_stride,
                                             .y = product.out.data,
                                             .y_stride = product.out.stride});
    if (!taken) run_kernels(kernels, team, x, {product});
  }
}

}  // namespace ringlet
