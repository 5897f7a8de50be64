#include "source/tensor_store.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <sstream>

#include "base/checked.hpp"
#include "numerics/half.hpp"
#include "source/errors.hpp"
#include "source/mlx_affine.hpp"

namespace ringlet::convert {
namespace {

std::string to_text(const std::vector<std::uint64_t>& shape) {
  std::ostringstream text;
  text << '[';
  for (std::size_t i = 0; i < shape.size(); ++i) text << (i == 0 ? "" : ", ") << shape[i];
  text << ']';
  return std::move(text).str();
}

/// The shape without leading and trailing dimensions of 1, which do not move any element.
std::vector<std::uint64_t> essential(const std::vector<std::uint64_t>& shape) {
  const auto is_more = [](std::uint64_t size) { return size != 1; };
  const auto first = std::find_if(shape.begin(), shape.end(), is_more);
  const auto last = std::find_if(shape.rbegin(), std::make_reverse_iterator(first), is_more).base();
  return {first, last};
}

}  // namespace

std::uint64_t StoredTensor::rows() const {
  std::uint64_t rows = 1;
  for (std::size_t i = 0; i + 1 < shape.size(); ++i) rows *= shape[i];
  return rows;
}

void StoredTensor::read(std::uint64_t row, std::uint64_t first, std::span<float> out) const {
  const std::uint64_t begin =
      offset + row * row_bytes() + first / type->block_elements * type->block_bytes;
  const std::size_t blocks = out.size() / type->block_elements;
  type->decode(file->bytes().data() + begin, blocks, out.data());
  file->note_read(blocks * type->block_bytes);
}

std::optional<QuantizedGroup> StoredTensor::read_group(std::uint64_t row,
                                                       std::uint64_t group) const {
  const CodedBlock& coded = *type->coded;
  const std::uint64_t groups = coded.elements / packed::group_size;
  const std::byte* block =
      file->bytes().data() + offset + row * row_bytes() + group / groups * coded.bytes;
  std::array<std::int8_t, largest_coded_block> codes;
  coded.codes(block, codes.data());
  QuantizedGroup result;
  std::copy_n(codes.begin() + group % groups * packed::group_size, packed::group_size,
              result.codes.begin());
  const auto excluded = std::find(result.codes.begin(), result.codes.end(), std::int8_t{-128});
  if (excluded != result.codes.end()) {
    fail(name, " has the code -128 in row ", row, ", column ",
         group * packed::group_size +
             static_cast<std::uint64_t>(std::distance(result.codes.begin(), excluded)),
         ", which INT8 matrices of the runtime exclude; store this class of matrices as f16");
  }
  const float scale = coded.scale(block);
  if (scale == 0) result.codes.fill(0);
  if (scale == 0) return result;
  result.scale = float_to_half(scale);
  const bool held = half_to_float(result.scale) == scale && std::abs(scale) >= smallest_scale;
  return held ? std::optional(result) : std::nullopt;
}

std::uint64_t tensor_bytes(const std::string& what, const std::vector<std::uint64_t>& shape,
                           const ElementType& type) {
  Checked elements(1);
  for (const std::uint64_t size : shape) elements = elements * Checked(size);
  const std::uint64_t columns = shape.empty() ? 1 : shape.back();
  if (columns % type.block_elements != 0) {
    fail(what, " has rows of ", columns, " elements, which is not a whole number of ", type.name,
         " blocks of ", type.block_elements);
  }
  const Checked bytes = Checked(elements.value() / type.block_elements) * Checked(type.block_bytes);
  if (!elements.valid() || !bytes.valid()) fail(what, " has an impossible shape: ", to_text(shape));
  return bytes.value();
}

void TensorStore::add(StoredTensor tensor) {
  const std::string name = tensor.name;
  if (!tensors_.emplace(name, Entry{std::move(tensor), false}).second) {
    fail(source_, " has two tensors named '", name, "'");
  }
}

const StoredTensor& TensorStore::take(const std::string& name) {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) {
    const std::string base = name.substr(0, name.rfind('.') + 1);
    if (has(base + "qweight")) {
      fail(source_, " has '", base,
           "qweight', packed by GPTQ or AWQ, which cannot be read; convert ",
           "the unquantized model");
    }
    fail(source_, " has no tensor '", name, "', which its architecture needs");
  }
  found->second.taken = true;
  return found->second.tensor;
}

StoredTensor TensorStore::shaped(const std::string& name, std::vector<std::uint64_t> shape) {
  StoredTensor tensor = take(name);
  if (tensor.type->decode == nullptr) {
    fail(source_, " stores '", name, "' as ", tensor.type->name, ", which cannot be read");
  }
  if (essential(tensor.shape) != essential(shape)) {
    fail(source_, " has '", name, "' of shape ", to_text(tensor.shape),
         ", but its architecture needs ", to_text(shape));
  }
  tensor.shape = std::move(shape);
  return tensor;
}

void TensorStore::replace_prefix(std::string_view prefix, std::string_view replacement) {
  std::map<std::string, Entry> renamed;
  for (auto& [name, entry] : tensors_) {
    const std::string other =
        name.starts_with(prefix) ? std::string(replacement) + name.substr(prefix.size()) : name;
    if (!renamed.emplace(other, std::move(entry)).second) {
      fail(source_, " has '", other, "' with and without the prefix '", prefix, "'");
    }
  }
  tensors_ = std::move(renamed);
}

SourceMatrix TensorStore::matrix(const std::string& name, std::uint32_t rows,
                                 std::uint32_t columns) {
  if (mlx_affine_ && take(name).type == safetensors_type("U32")) {
    const std::string base = name.substr(0, name.rfind('.'));
    return mlx_affine_matrix(source_ + ":", take(name), take(base + ".scales"),
                             take(base + ".biases"), *mlx_affine_, rows, columns);
  }
  if (ternary_ && take(name).type == safetensors_type("U8")) {
    return ternary_matrix(source_ + ":", take(name), take(name + "_scale"), *ternary_, rows,
                          columns);
  }
  if (fp8_ && take(name).type == safetensors_type("F8_E4M3")) {
    return fp8_matrix(source_ + ":", take(name), take(name + "_scale_inv"), *fp8_, rows, columns);
  }
  const StoredTensor tensor = shaped(name, {rows, columns});
  SourceMatrix result{
      .name = name,
      .rows = rows,
      .columns = columns,
      .read_row = [tensor](std::uint32_t row, std::span<float> out) { tensor.read(row, 0, out); }};
  if (tensor.type->kept_in) result.codes = {tensor.type->name, *tensor.type->kept_in};
  if (tensor.type->coded != nullptr) {
    result.stored_as = tensor.type->coded->format;
    result.read_group = [tensor](std::uint32_t row, std::uint32_t group) {
      return tensor.read_group(row, group);
    };
  }
  return result;
}

SourceVector TensorStore::vector(const std::string& name, std::uint32_t length) {
  SourceVector vector{.name = name, .values = std::vector<float>(length)};
  shaped(name, {length}).read(0, 0, vector.values);
  return vector;
}

SourceVector TensorStore::flat(const std::string& name, std::uint32_t rows, std::uint32_t columns) {
  StoredTensor tensor = take(name);
  std::vector<std::uint64_t> shape = tensor.shape;
  std::erase(shape, 1);
  if (tensor.type->decode == nullptr || tensor.type->block_elements != 1 ||
      shape != std::vector<std::uint64_t>{rows, columns}) {
    fail(source_, " has '", name, "' of shape ", to_text(tensor.shape), " and type ",
         tensor.type->name, ", but its architecture needs ", rows, " by ", columns, " floats");
  }
  tensor.shape = {std::uint64_t{rows} * columns};
  SourceVector vector{.name = name, .values = std::vector<float>(std::size_t{rows} * columns)};
  tensor.read(0, 0, vector.values);
  return vector;
}

SourceMatrix TensorStore::transposed(const std::string& name, std::uint32_t rows,
                                     std::uint32_t columns) {
  const StoredTensor tensor = shaped(name, {columns, rows});
  if (tensor.type->block_elements != 1) {
    fail(source_, " stores '", name, "' as ", tensor.type->name,
         ", but its architecture needs floats there");
  }
  return {.name = name,
          .rows = rows,
          .columns = columns,
          .read_row = [tensor](std::uint32_t row, std::span<float> out) {
            for (std::size_t k = 0; k < out.size(); ++k) tensor.read(k, row, out.subspan(k, 1));
          }};
}

void TensorStore::finish() const {
  for (const auto& [name, entry] : tensors_) {
    if (entry.taken) continue;
    fail(source_, " has a tensor '", name,
         "' that its architecture has no place for; it is another kind of model than its settings "
         "say");
  }
}

SourceMatrix select_rows(SourceMatrix matrix, std::uint32_t rows,
                         const std::function<std::uint32_t(std::uint32_t)>& source_row) {
  matrix.rows = rows;
  matrix.read_row = [source_row, read = std::move(matrix.read_row)](
                        std::uint32_t row, std::span<float> out) { read(source_row(row), out); };
  if (matrix.stored_as) {
    matrix.read_group = [source_row, read = std::move(matrix.read_group)](std::uint32_t row,
                                                                          std::uint32_t group) {
      return read(source_row(row), group);
    };
  }
  return matrix;
}

}  // namespace ringlet::convert
