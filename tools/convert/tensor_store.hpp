// The tensors of a source by name, wherever their bytes lie: one file, or the shards of a folder.
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

#include "element_type.hpp"
#include "mapped_file.hpp"
#include "source_model.hpp"

namespace ringlet::convert {

/// One tensor of a source file. Its place and size have been checked against the file.
struct StoredTensor {
  std::string name;
  std::vector<std::uint64_t> shape;  // outermost first; the last is contiguous
  const ElementType* type = nullptr;
  std::shared_ptr<const MappedFile> file;
  std::uint64_t offset = 0;  // of its first byte in the file
  std::uint64_t bytes = 0;

  /// The last dimension, and the product of the others.
  [[nodiscard]] std::uint64_t columns() const { return shape.empty() ? 1 : shape.back(); }
  [[nodiscard]] std::uint64_t rows() const;
  [[nodiscard]] std::uint64_t row_bytes() const {
    return columns() / type->block_elements * type->block_bytes;
  }

  /// Decodes `out.size()` elements of a row from element `first` on; both are multiples of the
  /// type's block, which must have a decoder.
  void read(std::uint64_t row, std::uint64_t first, std::span<float> out) const;

  /// Group `group` of a row, as SourceMatrix::read_group; the type must be a coded one.
  [[nodiscard]] std::optional<QuantizedGroup> read_group(std::uint64_t row,
                                                         std::uint64_t group) const;
};

/// Codes of `bits` bits packed into 32-bit words from the low end up; a number is scale · code +
/// bias, with a scale and a bias for each `group` of columns.
struct AffineFormat {
  std::uint32_t bits = 0;
  std::uint32_t group = 0;
};

/// The bytes that a tensor of this shape and type takes. Throws std::runtime_error, beginning with
/// `what`, when the product overflows or the last dimension is no whole number of blocks.
std::uint64_t tensor_bytes(const std::string& what, const std::vector<std::uint64_t>& shape,
                           const ElementType& type);

/// All tensors of a source. Those that are taken are noted, so that what is left over is known.
class TensorStore {
 public:
  /// `source` begins the messages of all errors.
  explicit TensorStore(std::string source) : source_(std::move(source)) {}

  /// Throws when there is one of that name already.
  void add(StoredTensor tensor);

  [[nodiscard]] bool has(const std::string& name) const { return tensors_.contains(name); }
  [[nodiscard]] bool empty() const { return tensors_.empty(); }
  [[nodiscard]] const std::string& source() const { return source_; }

  /// The tensor of that name, or an error that names it.
  const StoredTensor& take(const std::string& name);

  /// A matrix or vector of this shape, in a type that can be read; otherwise an error that names
  /// the tensor and both shapes. Further dimensions of 1 before and after those do not matter.
  SourceMatrix matrix(const std::string& name, std::uint32_t rows, std::uint32_t columns);
  SourceVector vector(const std::string& name, std::uint32_t length);

  /// The same for a matrix that is stored with its rows as columns.
  SourceMatrix transposed(const std::string& name, std::uint32_t rows, std::uint32_t columns);

  /// From now on a matrix whose type is U32 is read in this format, with the tensors "….scales" and
  /// "….biases" in the place of "….weight".
  void set_affine(AffineFormat format) { affine_ = format; }

  /// Takes `prefix` from all names that begin with it.
  void remove_prefix(std::string_view prefix);

  /// Calls visit(tensor) for every tensor.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (const auto& [name, entry] : tensors_) visit(entry.tensor);
  }

  /// Removes tensors that say nothing about the model: those for which `says_nothing` is true.
  template <typename Predicate>
  void ignore(Predicate says_nothing) {
    std::erase_if(tensors_, [&](const auto& entry) { return says_nothing(entry.first); });
  }

  /// Throws when tensors are left that nobody has taken, naming one: to leave it out would be
  /// another model.
  void finish() const;

 private:
  struct Entry {
    StoredTensor tensor;
    bool taken = false;
  };
  /// The tensor under that shape, which must be its own but for dimensions of 1.
  StoredTensor shaped(const std::string& name, std::vector<std::uint64_t> shape);

  std::string source_;
  std::map<std::string, Entry> tensors_;
  std::optional<AffineFormat> affine_;
};

/// `rows` rows of a matrix, as a matrix: row i is row source_row(i).
SourceMatrix select_rows(SourceMatrix matrix, std::uint32_t rows,
                         std::function<std::uint32_t(std::uint32_t)> source_row);

}  // namespace ringlet::convert
