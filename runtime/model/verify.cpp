#include "model/verify.hpp"

#include "kernels/cache_page.hpp"
#include "kernels/packed_layout.hpp"
#include "model/file_format.hpp"
#include "model/tensors.hpp"
#include "numerics/rounding.hpp"

namespace ringlet {
namespace {

constexpr std::uint32_t largest_dimension = 1U << 24;  // products of two stay below 2^48
constexpr std::uint32_t largest_layer_count = 1U << 12;
constexpr std::uint32_t largest_context = 1U << 30;

Status bad(const char* where, const char* what) { return {ErrorCode::invalid_model, where, what}; }

Status check_range(const char* where, std::uint32_t value, std::uint32_t most) {
  if (value == 0) return bad(where, "must not be zero");
  if (value > most) return bad(where, "is larger than this runtime supports").with(most, value);
  return {};
}

bool positive_and_finite(float value) { return value > 0 && value <= 3.0e38F; }

Status check_heads(const Architecture& a) {
  if (a.head_dim % 8 != 0) return bad("head_dim", "must be a multiple of 8").with(8, a.head_dim);
  if (a.heads % a.kv_heads != 0) {
    return bad("kv_heads", "must divide heads").with(a.heads, a.kv_heads);
  }
  if (std::uint64_t{a.heads} * a.head_dim > largest_dimension) {
    return bad("heads", "heads times head_dim is larger than this runtime supports");
  }
  if (a.rotary_dim > a.head_dim || a.rotary_dim % 2 != 0) {
    return bad("rotary_dim", "must be even and at most head_dim").with(a.head_dim, a.rotary_dim);
  }
  return {};
}

/// Follows the planes through the data segment; each must begin where the one before has ended, or
/// later.
class PlaneCheck {
 public:
  explicit PlaneCheck(std::uint64_t segment_size) : segment_size_(segment_size) {}

  Status plane(const TensorRef& tensor, std::uint64_t offset, std::uint64_t size,
               std::uint64_t expected) {
    const auto fault = [&](const char* what) { return bad(tensor.name, what).at(tensor.layer); };
    if (size != expected) return fault("a plane has the wrong size in bytes").with(expected, size);
    if (offset % file::plane_alignment != 0) {
      return fault("a plane is not aligned to 64").with(file::plane_alignment, offset);
    }
    if (size > segment_size_ || offset > segment_size_ - size) {
      return fault("a plane lies outside the data segment").with(segment_size_, offset);
    }
    if (offset < end_)
      return fault("a plane overlaps another or is out of order").with(end_, offset);
    end_ = offset + size;
    return {};
  }

 private:
  std::uint64_t segment_size_;
  std::uint64_t end_ = 0;
};

Status check_matrix(const TensorRef& tensor, PlaneCheck& planes) {
  const schema::Matrix& m = *tensor.matrix;
  const auto fault = [&](const char* what) { return bad(tensor.name, what).at(tensor.layer); };
  if (m.rows() != tensor.rows) {
    return fault("has the wrong number of rows").with(tensor.rows, m.rows());
  }
  if (m.columns() != tensor.columns) {
    return fault("has the wrong number of columns").with(tensor.columns, m.columns());
  }
  if (m.format() == schema::MatrixFormat::f32) {
    return planes.plane(tensor, m.codes_offset(), m.codes_size(),
                        std::uint64_t{m.rows()} * m.columns() * sizeof(float));
  }
  const bool int4 = m.format() == schema::MatrixFormat::int4;
  if (!int4 && m.format() != schema::MatrixFormat::int8) {
    return Status(ErrorCode::unsupported, tensor.name,
                  "is stored in a format that this version does not know")
        .at(tensor.layer);
  }
  if (m.group() != packed::group_size) {
    return fault("has a group size other than 32").with(packed::group_size, m.group());
  }
  const std::uint64_t codes =
      int4 ? packed::int4_bytes(m.rows(), m.columns()) : packed::int8_bytes(m.rows(), m.columns());
  Status status = planes.plane(tensor, m.codes_offset(), m.codes_size(), codes);
  if (!status.ok()) return status;
  return planes.plane(tensor, m.scales_offset(), m.scales_size(),
                      packed::scale_bytes(m.rows(), m.columns()));
}

Status check_vector(const TensorRef& tensor, PlaneCheck& planes) {
  const schema::Vector& v = *tensor.vector;
  if (v.length() != tensor.rows) {
    return bad(tensor.name, "has the wrong length").at(tensor.layer).with(tensor.rows, v.length());
  }
  return planes.plane(tensor, v.offset(), v.size(), std::uint64_t{v.length()} * sizeof(float));
}

Status check_layer_settings(const schema::Model& model) {
  for (std::uint32_t i = 0; i < model.layers()->size(); ++i) {
    const schema::Layer& layer = *model.layers()->Get(i);
    if (layer.kv_keys() > schema::KvFormat::MAX || layer.kv_values() > schema::KvFormat::MAX) {
      return Status(ErrorCode::unsupported, "layers.kv",
                    "recommends a cache format that this version does not know")
          .at(i);
    }
    if (layer.window() > largest_context) {
      return bad("layers.window", "is larger than this runtime supports").at(i);
    }
  }
  return {};
}

}  // namespace

Status verify_architecture(const schema::Model& model, Architecture& out) noexcept {
  const schema::Architecture& a = *model.architecture();
  out = {.vocab_size = a.vocab_size(),
         .dim = a.dim(),
         .hidden_dim = a.hidden_dim(),
         .layers = a.layers(),
         .heads = a.heads(),
         .kv_heads = a.kv_heads(),
         .head_dim = a.head_dim(),
         .rotary_dim = a.rotary_dim(),
         .context = a.context(),
         .norm_epsilon = a.norm_epsilon(),
         .attention_scale = a.attention_scale(),
         .tied_head = a.tied_head()};
  Status status = check_range("vocab_size", out.vocab_size, largest_dimension);
  if (status.ok()) status = check_range("dim", out.dim, largest_dimension);
  if (status.ok()) status = check_range("hidden_dim", out.hidden_dim, largest_dimension);
  if (status.ok()) status = check_range("layers", out.layers, largest_layer_count);
  if (status.ok()) status = check_range("heads", out.heads, largest_dimension);
  if (status.ok()) status = check_range("kv_heads", out.kv_heads, out.heads);
  if (status.ok()) status = check_range("head_dim", out.head_dim, page::largest_head_dim);
  if (status.ok()) status = check_range("context", out.context, largest_context);
  if (status.ok()) status = check_heads(out);
  if (!status.ok()) return status;
  if (!positive_and_finite(out.norm_epsilon))
    return bad("norm_epsilon", "must be positive and finite");
  if (!positive_and_finite(out.attention_scale)) {
    return bad("attention_scale", "must be positive and finite");
  }
  if (a.rope_steps()->size() != out.rotary_dim / 2) {
    return bad("rope_steps", "must have one entry for each rotary pair")
        .with(out.rotary_dim / 2, a.rope_steps()->size());
  }
  if (model.layers()->size() != out.layers) {
    return bad("layers", "the table has another number of layers than the architecture says")
        .with(out.layers, model.layers()->size());
  }
  if (!out.tied_head && model.head() == nullptr) {
    return bad("head", "is missing, and the architecture does not tie it to the embedding");
  }
  return check_layer_settings(model);
}

Status verify_tensors(const schema::Model& model, const Architecture& architecture,
                      std::span<const std::byte> data) noexcept {
  PlaneCheck planes(data.size());
  return for_each_tensor(model, architecture, [&](const TensorRef& tensor) {
    return tensor.matrix != nullptr ? check_matrix(tensor, planes) : check_vector(tensor, planes);
  });
}

}  // namespace ringlet
