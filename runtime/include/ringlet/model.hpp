// A model file, verified once and then read where it lies.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "ringlet/architecture.hpp"
#include "ringlet/formats.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

namespace schema {
struct Model;
}

/// Sampling settings that the model's author recommends. Temperature 0 is greedy.
struct SamplingDefaults {
  float temperature = 0.8F;
  std::uint32_t top_k = 0;  // 0: off
  float top_p = 0.95F;
  float min_p = 0.0F;
  float repeat_penalty = 1.0F;
};

/// A view of a `.ringlet` file in memory or flash. Small and copyable; it owns nothing, and the
/// bytes must outlive it and every session made from it.
class Model {
 public:
  /// An empty view; only useful as a place to assign to.
  Model() = default;

  /// Verifies the header, the checksum and structure of the tables, and the meaning of every field
  /// and offset, then returns a view. Copies nothing and allocates nothing; the time does not
  /// depend on the size of the weights. `bytes` must be aligned to 64. What is inside the weight
  /// planes is checked by verify_data(): whatever they hold, decoding stays within bounds.
  static Result<Model> open(std::span<const std::byte> bytes) noexcept;

  /// Reads every plane: checksums (of a model from open_signed SHA-256 too), scales finite and in
  /// range, no INT8 code of −128, neutral padding. `progress(context, bytes_done, bytes_total)` is
  /// called after each tensor when given.
  Status verify_data(void (*progress)(void*, std::uint64_t, std::uint64_t) = nullptr,
                     void* context = nullptr) const noexcept;

  [[nodiscard]] const Architecture& architecture() const noexcept { return architecture_; }

  /// The formats of a layer's cache that the converter recommends.
  [[nodiscard]] KvFormats recommended_kv(std::uint32_t layer) const noexcept;

  /// The layer's own sliding window in positions, or 0 for a layer that sees the whole context.
  [[nodiscard]] std::uint32_t window(std::uint32_t layer) const noexcept;

  [[nodiscard]] SamplingDefaults sampling() const noexcept;

  /// Tells this model from others: the checksums of the tables and of all planes in one number.
  /// Instant, because the planes' are read from the tables, and equal on every target.
  [[nodiscard]] std::uint64_t hash() const noexcept;

  /// The whole file.
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

  /// The aligned segment that holds the weights.
  [[nodiscard]] std::span<const std::byte> data() const noexcept { return data_; }

  /// The verified tables (runtime/model reads them; applications have no need to).
  [[nodiscard]] const schema::Model* tables() const noexcept { return tables_; }

  /// Has verify_data compare the SHA-256 of every plane, which the tables must have: open_signed.
  void require_sha256() noexcept { requires_sha256_ = true; }

 private:
  std::span<const std::byte> bytes_;
  std::span<const std::byte> data_;
  const schema::Model* tables_ = nullptr;
  Architecture architecture_;
  bool requires_sha256_ = false;
};

/// How long a model file is, by its first 64 bytes: for a partition of flash that is larger than
/// the file, of which Model::open takes first(model_bytes). Needs no more than these bytes, at any
/// address, and verifies their checksum.
Result<std::uint64_t> model_bytes(std::span<const std::byte> first_bytes) noexcept;

}  // namespace ringlet
