#include "source/llama2c/llama2c.hpp"

#include <cmath>
#include <cstring>
#include <memory>

#include "source/llama2c/llama2c_header.hpp"
#include "source/llama2c/llama2c_layout.hpp"
#include "source/paged_file.hpp"

namespace ringlet::convert {
namespace {

// Constants in llama2.c that the file does not contain.
constexpr float norm_epsilon = 1e-5F;
constexpr double rope_theta = 10000.0;

using FilePointer = std::shared_ptr<const PagedFile>;

float load_float(std::span<const std::byte> bytes, std::uint64_t offset) {
  float value = 0;  // by copy: data in a checkpoint need not be aligned
  std::memcpy(&value, bytes.data() + offset, sizeof(value));
  return value;
}

void read_row(const PagedFile& file, const Llama2cTensor& tensor, std::uint32_t row,
              std::span<float> out) {
  const std::span<const std::byte> bytes = file.bytes();
  const std::uint64_t first = std::uint64_t{row} * tensor.columns;
  if (tensor.group_size == 0) {
    std::memcpy(out.data(), bytes.data() + tensor.offset + first * sizeof(float), out.size_bytes());
    return;
  }
  const auto* codes = reinterpret_cast<const std::int8_t*>(bytes.data() + tensor.offset + first);
  for (std::size_t i = 0; i < out.size();) {
    // A group can begin in the previous row and end in the next one.
    const std::uint64_t group = (first + i) / tensor.group_size;
    const std::uint64_t group_end = (group + 1) * tensor.group_size - first;
    const float scale = load_float(bytes, tensor.scales_offset() + group * sizeof(float));
    for (; i < out.size() && i < group_end; ++i) out[i] = static_cast<float>(codes[i]) * scale;
  }
}

SourceVector import_vector(const FilePointer& file, const Llama2cTensor& tensor) {
  SourceVector vector{.name = tensor.name, .values = std::vector<float>(tensor.columns)};
  read_row(*file, tensor, 0, vector.values);
  return vector;
}

SourceMatrix import_matrix(const FilePointer& file, const Llama2cTensor& tensor) {
  SourceMatrix matrix{.name = tensor.name,
                      .rows = tensor.rows,
                      .columns = tensor.columns,
                      .read_row = [file, tensor](std::uint32_t row, std::span<float> out) {
                        read_row(*file, tensor, row, out);
                      }};
  if (tensor.group_size != 0) matrix.codes = {"llama2.c INT8", MatrixFormat::int8};
  return matrix;
}

/// llama2.c rotates neighbors (2i, 2i + 1) of a head, this library (i, i + head_dim/2). Returns the
/// source row that becomes `row`.
std::uint32_t interleaved_row(std::uint32_t row, std::uint32_t head_dim) {
  const std::uint32_t i = row % head_dim;
  const std::uint32_t half = head_dim / 2;
  return row - i + (i < half ? 2 * i : 2 * (i - half) + 1);
}

SourceMatrix import_rotated(const FilePointer& file, const Llama2cTensor& tensor,
                            std::uint32_t head_dim) {
  SourceMatrix matrix = import_matrix(file, tensor);
  matrix.read_row = [file, tensor, head_dim](std::uint32_t row, std::span<float> out) {
    read_row(*file, tensor, interleaved_row(row, head_dim), out);
  };
  return matrix;
}

SourceLayer import_layer(const FilePointer& file, const Llama2cLayer& layer,
                         std::uint32_t head_dim) {
  return {.attention_norm = import_vector(file, layer.attention_norm),
          .wq = import_rotated(file, layer.wq, head_dim),
          .wk = import_rotated(file, layer.wk, head_dim),
          .wv = import_matrix(file, layer.wv),
          .wo = import_matrix(file, layer.wo),
          .ffn_norm = import_vector(file, layer.ffn_norm),
          .w_gate = import_matrix(file, layer.w1),
          .w_up = import_matrix(file, layer.w3),
          .w_down = import_matrix(file, layer.w2)};
}

Architecture architecture_of(const Llama2cHeader& h) {
  return {.vocab_size = h.vocab_size,
          .dim = h.dim,
          .hidden_dim = h.hidden_dim,
          .layers = h.layers,
          .heads = h.heads,
          .kv_heads = h.kv_heads,
          .head_dim = h.head_dim(),
          .rotary_dim = h.head_dim(),
          .trained_context = h.context,
          .norm_epsilon = norm_epsilon,
          .attention_scale = 1.0F / std::sqrt(static_cast<float>(h.head_dim())),
          .tied_embedding = h.shared_classifier};
}

std::string describe_source(const Llama2cHeader& h, const std::filesystem::path& path) {
  std::string version = h.version == 0 ? "legacy" : "version " + std::to_string(h.version);
  if (h.group_size != 0) version += ", INT8 in groups of " + std::to_string(h.group_size);
  return "llama2.c checkpoint (" + version + ") " + path.filename().string();
}

}  // namespace

Llama2cImport import_llama2c(const std::filesystem::path& path) {
  const auto file = std::make_shared<const PagedFile>(path);
  const std::string name = path.string();
  const Llama2cHeader header = parse_llama2c_header(file->bytes(), name);
  const Llama2cLayout layout = place_llama2c_tensors(header, file->bytes().size(), name);
  Llama2cImport result{.model = {.family = "llama",
                                 .name = path.stem().string(),
                                 .source = describe_source(header, path),
                                 .licence = {},
                                 .architecture = architecture_of(header),
                                 .rotary = {.theta = rope_theta},
                                 .embedding = import_matrix(file, layout.embedding),
                                 .layers = {},
                                 .final_norm = import_vector(file, layout.final_norm),
                                 .lm_head = {},
                                 .tokenizer = {},
                                 .sampling = {}},
                       .group_size = header.group_size};
  for (const Llama2cLayer& layer : layout.layers) {
    result.model.layers.push_back(import_layer(file, layer, header.head_dim()));
  }
  if (!header.shared_classifier) result.model.lm_head = import_matrix(file, layout.classifier);
  return result;
}

}  // namespace ringlet::convert
