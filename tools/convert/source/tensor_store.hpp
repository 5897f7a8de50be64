// The tensors of a source by name, in one file or in the shards of a folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "source/element_type.hpp"
#include "source/fp8.hpp"
#include "source/paged_file.hpp"
#include "source/source_model.hpp"
#include "source/ternary.hpp"

namespace ringlet::convert {

/// One tensor of a source file. Its offset and size have been checked against the file.
struct StoredTensor {
  std::string name;
  std::vector<std::uint64_t> shape;  // outermost first; the last is contiguous
  const ElementType* type = nullptr;
  std::shared_ptr<const PagedFile> file;
  std::uint64_t offset = 0;  // of its first byte in the file
  std::uint64_t bytes = 0;

  /// The last dimension, and the product of the others.
  [[nodiscard]] std::uint64_t columns() const { return shape.empty() ? 1 : shape.back(); }
  [[nodiscard]] std::uint64_t rows() const;
  [[nodiscard]] std::uint64_t row_bytes() const {
    return columns() / type->block_elements * type->block_bytes;
  }

  /// Decodes `out.size()` elements of a row from element `first` on. Both must be multiples of the
  /// type's block, and the type must have a decoder.
  void read(std::uint64_t row, std::uint64_t first, std::span<float> out) const;

  /// Group `group` of a row, as in SourceMatrix::read_group. The type must be a coded one.
  [[nodiscard]] std::optional<QuantizedGroup> read_group(std::uint64_t row,
                                                         std::uint64_t group) const;
};

/// Codes of `bits` bits packed into 32-bit words from the low end. A number is scale · code + bias,
/// with a scale and a bias for each `group` of columns.
struct MlxAffineFormat {
  std::uint32_t bits = 0;
  std::uint32_t group = 0;
};

/// Returns the size in bytes of a tensor of this shape and type. Throws std::runtime_error,
/// beginning with `what`, if the product overflows or the last dimension is not a whole number of
/// blocks.
std::uint64_t tensor_bytes(const std::string& what, const std::vector<std::uint64_t>& shape,
                           const ElementType& type);

/// All tensors of a source. Records which tensors are taken, to detect those that are left over.
class TensorStore {
 public:
  /// `source` begins all error messages.
  explicit TensorStore(std::string source) : source_(std::move(source)) {}

  /// Throws if the name exists already.
  void add(StoredTensor tensor);

  [[nodiscard]] bool has(const std::string& name) const { return tensors_.contains(name); }
  [[nodiscard]] bool empty() const { return tensors_.empty(); }
  [[nodiscard]] const std::string& source() const { return source_; }

  /// Returns the tensor of that name. Throws with the name if there is none.
  const StoredTensor& take(const std::string& name);

  /// Returns a matrix or vector of this shape. Throws with the tensor and both shapes if the shape
  /// differs, or if the type cannot be read. Additional leading and trailing dimensions of 1 are
  /// ignored.
  SourceMatrix matrix(const std::string& name, std::uint32_t rows, std::uint32_t columns);
  SourceVector vector(const std::string& name, std::uint32_t length);

  /// All floats of a tensor of rows by columns as one vector. Dimensions of 1 are ignored anywhere.
  SourceVector flat(const std::string& name, std::uint32_t rows, std::uint32_t columns);

  /// Like matrix(), for a matrix stored with its rows as columns.
  SourceMatrix transposed(const std::string& name, std::uint32_t rows, std::uint32_t columns);

  /// Reads matrices of type U32 in this format from now on, with the tensors "….scales" and
  /// "….biases" of "….weight".
  void set_mlx_affine(MlxAffineFormat format) { mlx_affine_ = format; }

  /// Reads matrices of type U8 as ternary weights from now on, with the tensor "….weight_scale" of
  /// "….weight".
  void set_ternary(TernaryScale scale) { ternary_ = scale; }

  /// Reads matrices of type F8_E4M3 with scales for such blocks from now on: the tensor
  /// "….weight_scale_inv" of "….weight".
  void set_fp8(Fp8Blocks blocks) { fp8_ = blocks; }

  /// Replaces `prefix` in all names that begin with it.
  void replace_prefix(std::string_view prefix, std::string_view replacement);

  /// Calls visit(tensor) for every tensor.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (const auto& [name, entry] : tensors_) visit(entry.tensor);
  }

  /// Removes tensors without information about the model: those for which `says_nothing` is true.
  template <typename Predicate>
  void ignore(Predicate says_nothing) {
    std::erase_if(tensors_, [&](const auto& entry) { return says_nothing(entry.first); });
  }

  /// Throws if any tensor has not been taken, naming one: omitting it would change the model.
  void finish() const;

 private:
  struct Entry {
    StoredTensor tensor;
    bool taken = false;
  };
  /// Returns the tensor with that shape, which must be its own except for dimensions of 1.
  StoredTensor shaped(const std::string& name, std::vector<std::uint64_t> shape);

  std::string source_;
  std::map<std::string, Entry> tensors_;
  std::optional<MlxAffineFormat> mlx_affine_;
  std::optional<TernaryScale> ternary_;
  std::optional<Fp8Blocks> fp8_;
};

/// Returns `rows` rows of a matrix as a matrix: row i is row source_row(i).
SourceMatrix select_rows(SourceMatrix matrix, std::uint32_t rows,
                         const std::function<std::uint32_t(std::uint32_t)>& source_row);

}  // namespace ringlet::convert
