// Matrix products of a prefill by XNNPACK: an Accelerator whose memory is a section of the
// session's plan.
#pragma once

#include <cstdint>
#include <span>

#include "kernels/kernel_set.hpp"
#include "ringlet/accelerator.hpp"
#include "ringlet/config.hpp"
#include "ringlet/model.hpp"
#include "xnnpack/check.hpp"
#include "xnnpack/operators.hpp"
#include "xnnpack/sealed_area.hpp"

namespace ringlet::port {

/// What Config::accelerator_bytes has to be: a bound for every processor, computed from the model,
/// config.lanes and config.prefill_chunk, and from whether this program was built with a library
/// that has operators for INT8.
[[nodiscard]] std::uint64_t xnnpack_bytes(const Model& model, const Config& config) noexcept;

/// Every matrix of every layer as operators of some rows each, which the lanes share. The output
/// head is none of them: it is multiplied with one token at a time.
class XnnpackPrefill {
 public:
  /// Creates the operators in `memory`, Session::accelerator_memory() of a session with that
  /// config. Throws Failure where `memory` is too small, naming the bytes, or the library refuses.
  /// The model, `kernels` and the memory must outlive this object, and it the session's use of it.
  XnnpackPrefill(const Model& model, const Config& config, const KernelSet& kernels,
                 std::span<std::byte> memory);
  XnnpackPrefill(const XnnpackPrefill&) = delete;
  XnnpackPrefill& operator=(const XnnpackPrefill&) = delete;

  /// Takes every product of the model's layers with up to config.prefill_chunk tokens, on teams of
  /// up to config.lanes.
  [[nodiscard]] Accelerator accelerator() noexcept { return {multiply, this}; }

  /// How near to the kernels its products have to be, by the arithmetic that the library offers.
  [[nodiscard]] static Tolerances tolerances() noexcept;

  [[nodiscard]] const SealedArea::Counters& counters() const noexcept { return area_.counters(); }

 private:
  /// An operator of rows [row_begin, row_end) of a matrix.
  struct Slice {
    xnn_operator_t op;
    std::uint32_t row_begin;
    std::uint32_t row_end;
  };
  struct Entry {
    const void* matrix;  // by which the entries are sorted
    OperatorShape shape;
    OperatorKind kind;
    std::uint32_t slice_count;
    Slice* slices;
  };
  struct Work;

  void create(const Model& model, const Config& config);
  void create_entry(const PackedMatrix& matrix, std::uint32_t lanes, Entry& entry);
  [[nodiscard]] const Entry* find(const MatrixProduct& product) const noexcept;
  template <typename T>
  [[nodiscard]] T* array(std::uint64_t count);
  static bool multiply(void* self, const Team& team, const MatrixProduct& product);
  static void quantize_lane(void* argument, std::uint32_t lane);
  static void multiply_lane(void* argument, std::uint32_t lane);

  const KernelSet& kernels_;
  std::uint32_t chunk_;
  SealedArea area_;
  std::span<Entry> entries_;
  // Forms of weights while operators are created, codes of activations afterwards.
  std::span<std::byte> workspace_;
  std::span<TokenScale> scales_;
};

}  // namespace ringlet::port
