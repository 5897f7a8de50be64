// Prefill by XNNPACK: an Accelerator whose memory is a section of the session's plan.
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

/// Returns the value for Config::accelerator_bytes: an upper bound for every processor. It depends
/// on the model, config.threads, config.prefill_chunk, and on whether the library this program was
/// built with has INT8 operators.
[[nodiscard]] std::uint64_t xnnpack_bytes(const Model& model, const Config& config) noexcept;

/// Holds every matrix of every layer as operators of some rows each, which the threads share.
/// lm_head is not included, because it is multiplied with one token at a time.
class XnnpackPrefill {
 public:
  /// Creates the operators in `memory`, the Session::accelerator_memory() of a session with this
  /// config. Throws Failure if `memory` is too small, with the bytes, or if the library refuses.
  /// The model, `kernels` and the memory must outlive this object, and this object must outlive its
  /// use by the session.
  XnnpackPrefill(const Model& model, const Config& config, const KernelSet& kernels,
                 std::span<std::byte> memory);
  XnnpackPrefill(const XnnpackPrefill&) = delete;
  XnnpackPrefill& operator=(const XnnpackPrefill&) = delete;

  /// Computes every product of the model's layers with up to config.prefill_chunk tokens, on teams
  /// of up to config.threads.
  [[nodiscard]] Accelerator accelerator() noexcept { return {multiply, this}; }

  /// The accuracy that its products must have, for the arithmetic that the library offers.
  [[nodiscard]] static Tolerances tolerances() noexcept;

  [[nodiscard]] const SealedArea::Counters& counters() const noexcept { return area_.counters(); }

 private:
  /// An operator for rows [row_begin, row_end) of a matrix.
  struct Slice {
    xnn_operator_t op;
    std::uint32_t row_begin;
    std::uint32_t row_end;
  };
  struct Entry {
    const void* matrix;  // the key by which the entries are sorted
    OperatorShape shape;
    OperatorKind kind;
    std::uint32_t slice_count;
    Slice* slices;
  };
  struct Work;

  void create(const Model& model, const Config& config);
  void create_entry(const PackedMatrix& matrix, std::uint32_t threads, Entry& entry);
  [[nodiscard]] const Entry* find(const MatrixProduct& product) const noexcept;
  template <typename T>
  [[nodiscard]] T* array(std::uint64_t count);
  static bool multiply(void* user_data, const Team& team, const MatrixProduct& product);
  static void quantize_thread(void* argument, std::uint32_t thread);
  static void multiply_thread(void* argument, std::uint32_t thread);

  const KernelSet& kernels_;
  std::uint32_t chunk_;
  SealedArea area_;
  std::span<Entry> entries_;
  // Forms of weights while operators are created, codes of activations afterwards.
  std::span<std::byte> workspace_;
  std::span<TokenScale> scales_;
};

}  // namespace ringlet::port
