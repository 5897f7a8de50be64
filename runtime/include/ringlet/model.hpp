// A model file, verified once and then read in place.
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

/// A view of a `.ringlet` file in memory or flash. It is small, copyable and owns nothing: the
/// bytes of the file must outlive the view and every session created from it.
class Model {
 public:
  /// Creates an empty view. Only useful as a target of assignment.
  Model() = default;

  /// Verifies the preamble, the checksum and structure of the tables, and the meaning of every
  /// field and offset, and returns a view. `bytes` must be aligned to 64. Copies and allocates
  /// nothing; the time does not depend on the size of the weights.
  ///
  /// The content of the weight planes is not read; verify_data() checks it. Whatever the planes
  /// contain, decoding stays within bounds. Errors: invalid_model, checksum_mismatch, unsupported,
  /// invalid_argument; each names the field.
  static Result<Model> open(std::span<const std::byte> bytes) noexcept;

  /// Reads and checks every weight plane: checksums (also SHA-256 for a model from open_signed),
  /// finite scales in range, no INT8 code of −128, neutral padding. If `progress` is given, it is
  /// called after each tensor as progress(user_data, bytes_done, bytes_total). Errors name the
  /// tensor and, as index, the layer.
  Status verify_data(void (*progress)(void*, std::uint64_t, std::uint64_t) = nullptr,
                     void* user_data = nullptr) const noexcept;

  /// The verified hyperparameters.
  [[nodiscard]] const Architecture& architecture() const noexcept { return architecture_; }

  /// The same with the sizes of one layer, which can differ from those of the others.
  [[nodiscard]] Architecture architecture(std::uint32_t layer) const noexcept;

  /// The layer whose keys and values a layer reads: itself, or an earlier one.
  [[nodiscard]] std::uint32_t cache_of(std::uint32_t layer) const noexcept;

  /// Cache formats that the converter recommends for a layer.
  [[nodiscard]] KvFormats recommended_kv(std::uint32_t layer) const noexcept;

  /// The layer's sliding window in tokens, or 0 if the layer sees the whole context.
  [[nodiscard]] std::uint32_t window(std::uint32_t layer) const noexcept;

  /// How the layer mixes tokens.
  [[nodiscard]] Mixer mixer(std::uint32_t layer) const noexcept;

  /// The recommended sampling settings; SamplingDefaults{} if the file contains none.
  [[nodiscard]] SamplingDefaults sampling() const noexcept;

  /// Identifies the model: one number over the checksums of the tables and of all planes. The
  /// planes themselves are not read, so the call is instant. Equal on every target.
  [[nodiscard]] std::uint64_t hash() const noexcept;

  /// The whole file.
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

  /// The segment of the file that contains the weights, aligned to 64.
  [[nodiscard]] std::span<const std::byte> data() const noexcept {
    return bytes_.subspan(std::size_t{data_block_} * 64);
  }

  /// The verified tables, for the library's own use.
  [[nodiscard]] const schema::Model* tables() const noexcept { return tables_; }

  /// Makes verify_data() also compare the SHA-256 of every plane. open_signed() calls this after
  /// checking that the tables contain all of them.
  void require_sha256() noexcept { requires_sha256_ = true; }
  [[nodiscard]] bool requires_sha256() const noexcept { return requires_sha256_; }

 private:
  std::span<const std::byte> bytes_;
  const schema::Model* tables_ = nullptr;
  std::uint32_t data_block_ = 0;  // where the data segment begins, in blocks of 64 bytes
  Architecture architecture_;
  bool requires_sha256_ = false;
};

/// Returns the size of a model file in bytes, given at least its first 64 bytes at any alignment.
/// Use it when the flash partition is larger than the file: Model::open expects exactly the file,
/// partition.first(size). Verifies the checksum of those 64 bytes.
Result<std::uint64_t> model_bytes(std::span<const std::byte> first_bytes) noexcept;

}  // namespace ringlet
