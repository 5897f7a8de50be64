#include "tensor_store.hpp"

#include <bit>
#include <cstring>
#include <sstream>

#include "affine.hpp"
#include "base/checked.hpp"
#include "errors.hpp"

namespace ringlet::convert {
namespace {

std::string to_text(const std::vector<std::uint64_t>& shape) {
  std::ostringstream text;
  text << '[';
  for (std::size_t i = 0; i < shape.size(); ++i) text << (i == 0 ? "" : ", ") << shape[i];
  text << ']';
  return std::move(text).str();
}

/// The shape without leading dimensions of 1.
std::vector<std::uint64_t> essential(const std::vector<std::uint64_t>& shape) {
  auto first = shape.begin();
  while (first != shape.end() && *first == 1) ++first;
  return {first, shape.end()};
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

std::optional<MatrixFormat> StoredTensor::stored_as() const {
  if (type->name == q4_0_name) return MatrixFormat::int4;
  if (type->name == q8_0_name) return MatrixFormat::int8;
  return std::nullopt;
}

std::optional<QuantizedGroup> StoredTensor::read_group(std::uint64_t row,
                                                       std::uint64_t group) const {
  const std::byte* block =
      file->bytes().data() + offset + row * row_bytes() + group * type->block_bytes;
  QuantizedGroup result;
  std::memcpy(&result.scale, block, sizeof(result.scale));
  const std::byte* codes = block + sizeof(result.scale);
  for (std::size_t i = 0; i < packed::group_size; ++i) {
    if (type->name == q8_0_name) {
      result.codes[i] = std::bit_cast<std::int8_t>(codes[i]);
    } else {
      const int both = std::to_integer<int>(codes[i % 16]);
      result.codes[i] = static_cast<std::int8_t>((i < 16 ? both & 15 : both >> 4) - 8);
    }
    if (result.codes[i] == -128) {
      fail(name, " has the code -128 in row ", row, ", column ", group * packed::group_size + i,
           ", which INT8 matrices of the runtime exclude; store this class of matrices as f16");
    }
  }
  const unsigned magnitude = result.scale & 0x7FFFU;
  if (magnitude == 0) result.codes.fill(0);
  if (magnitude == 0) result.scale = 0;
  if (magnitude != 0 && magnitude < 0x0400U) return std::nullopt;
  return result;
}

std::uint64_t tensor_bytes(const std::string& what, const std::vector<std::uint64_t>& shape,
                           const ElementType& type) {
  Checked elements(1);
  for (const std::uint64_t size : shape) elements = elements * Checked(size);
  const std::uint64_t columns = shape.empty() ? 1 : shape.back();
  if (columns % type.block_elements != 0) {
    fail(what, " has rows of ", columns, " elements, no whole number of ", type.name, " blocks of ",
         type.block_elements);
  }
  const Checked bytes = Checked(elements.value() / type.block_elements) * Checked(type.block_bytes);
  if (!elements.valid() || !bytes.valid())
    fail(what, " has a shape that no file can hold: ", to_text(shape));
  return bytes.value();
}

void TensorStore::add(StoredTensor tensor) {
  const std::string name = tensor.name;
  if (!tensors_.emplace(name, Entry{std::move(tensor), false}).second) {
    fail(source_, " has two tensors of the name '", name, "'");
  }
}

const StoredTensor& TensorStore::take(const std::string& name) {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) {
    fail(source_, " has no tensor '", name, "', which its architecture needs");
  }
  found->second.taken = true;
  return found->second.tensor;
}

const StoredTensor& TensorStore::readable(const std::string& name) {
  const StoredTensor& tensor = take(name);
  if (tensor.type->decode == nullptr) {
    fail(source_, " stores '", name, "' as ", tensor.type->name,
         ", which this version cannot read");
  }
  return tensor;
}

void TensorStore::remove_prefix(std::string_view prefix) {
  std::map<std::string, Entry> renamed;
  for (auto& [name, entry] : tensors_) {
    const std::string shorter = name.starts_with(prefix) ? name.substr(prefix.size()) : name;
    if (!renamed.emplace(shorter, std::move(entry)).second) {
      fail(source_, " has '", shorter, "' with and without the prefix '", prefix, "'");
    }
  }
  tensors_ = std::move(renamed);
}

SourceMatrix TensorStore::matrix(const std::string& name, std::uint32_t rows,
                                 std::uint32_t columns) {
  if (affine_ && take(name).type == safetensors_type("U32")) {
    const std::string base = name.substr(0, name.rfind('.'));
    return affine_matrix(source_ + ":", take(name), take(base + ".scales"), take(base + ".biases"),
                         *affine_, rows, columns);
  }
  const StoredTensor& tensor = readable(name);
  if (tensor.shape != std::vector<std::uint64_t>{rows, columns}) {
    fail(source_, " has '", name, "' of shape ", to_text(tensor.shape),
         ", but its architecture needs [", rows, ", ", columns, "]");
  }
  SourceMatrix result{
      .name = name,
      .rows = rows,
      .columns = columns,
      .read_row = [tensor](std::uint32_t row, std::span<float> out) { tensor.read(row, 0, out); }};
  result.stored_as = tensor.stored_as();
  if (result.stored_as) {
    result.read_group = [tensor](std::uint32_t row, std::uint32_t group) {
      return tensor.read_group(row, group);
    };
  }
  return result;
}

SourceVector TensorStore::vector(const std::string& name, std::uint32_t length) {
  const StoredTensor& tensor = readable(name);
  if (essential(tensor.shape) != essential({length})) {
    fail(source_, " has '", name, "' of shape ", to_text(tensor.shape),
         ", but its architecture needs [", length, "]");
  }
  SourceVector vector{.name = name, .values = std::vector<float>(length)};
  tensor.read(0, 0, vector.values);
  return vector;
}

SourceMatrix TensorStore::transposed(const std::string& name, std::uint32_t rows,
                                     std::uint32_t columns) {
  const StoredTensor& tensor = readable(name);
  if (tensor.shape != std::vector<std::uint64_t>{columns, rows} ||
      tensor.type->block_elements != 1) {
    fail(source_, " has '", name, "' of shape ", to_text(tensor.shape),
         ", but its architecture needs [", columns, ", ", rows, "] in floats");
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
                         std::function<std::uint32_t(std::uint32_t)> source_row) {
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
