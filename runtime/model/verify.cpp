#include "model/verify.hpp"

#include <utility>

#include "base/features.hpp"
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
// Within these bounds 2/cap and 2·cap are ordinary floats.
constexpr float smallest_softcap = 0x1p-10F;
constexpr float largest_softcap = 0x1p20F;

Status bad(const char* where, const char* what) { return {ErrorCode::invalid_model, where, what}; }

struct Range {
  const char* name;
  std::uint32_t value;
  std::uint32_t most;
};

Status check_ranges(const Architecture& a) {
  const Range ranges[] = {{"vocab_size", a.vocab_size, largest_dimension},
                          {"dim", a.dim, largest_dimension},
                          {"hidden_dim", a.hidden_dim, largest_dimension},
                          {"layers", a.layers, largest_layer_count},
                          {"heads", a.heads, largest_dimension},
                          {"kv_heads", a.kv_heads, a.heads},
                          {"head_dim", a.head_dim, page::largest_head_dim},
                          {"context", a.context, largest_context}};
  for (const auto& [name, value, most] : ranges) {
    if (value == 0) return bad(name, "must not be zero");
    if (value > most) return bad(name, "is larger than this runtime supports").with(most, value);
  }
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
  const bool f32 = m.format() == schema::MatrixFormat::f32;
  if (f32 || m.format() == schema::MatrixFormat::f16) {
    return planes.plane(tensor, m.codes_offset(), m.codes_size(),
                        std::uint64_t{m.rows()} * m.columns() * (f32 ? 4 : 2));
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

/// What a layer may lack, and what may not be without the other.
Status check_layer_parts(const schema::Layer& layer, const Architecture& a) {
  if (layer.rotary() > schema::Rotary::MAX) {
    return {ErrorCode::unsupported, "layers.rotary",
            "is a way to turn heads that this version does not know"};
  }
  if (layer.rotary() == schema::Rotary::local && (!a.local_rotary || layer.window() == 0)) {
    return bad("layers.rotary", "local steps need a table of them and a window of the layer's own");
  }
  if ((layer.q_norm() == nullptr) != (layer.k_norm() == nullptr)) {
    return bad("layers.q_norm", "must be there for both queries and keys, or for neither");
  }
  if (layer.w_gate() != nullptr) return {};
  if (layer.b_gate() != nullptr) return bad("layers.b_gate", "belongs to a gate that is missing");
  if (a.activation == Activation::silu) {
    return bad("layers.w_gate", "is missing, and silu is not computed without a gate");
  }
  return {};
}

Status check_layer_settings(const schema::Model& model, const Architecture& a) {
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
    const Status status = features::families ? check_layer_parts(layer, a) : Status();
    if (!status.ok()) return status.at(i);
  }
  return {};
}

/// The options of newer families.
Status check_options(const schema::Architecture& a, const Architecture& out) {
  if (a.norm() > schema::NormKind::MAX || a.activation() > schema::Activation::MAX) {
    return {ErrorCode::unsupported, a.norm() > schema::NormKind::MAX ? "norm" : "activation",
            "is of a kind that this version does not know"};
  }
  if (!positive_and_finite(out.embedding_scale)) {
    return bad("embedding_scale", "must be positive and finite");
  }
  if (!positive_and_finite(out.rotary_scale)) {
    return bad("rotary_scale", "must be positive and finite");
  }
  for (const auto& [name, cap] : {std::pair{"attention_softcap", out.attention_softcap},
                                  std::pair{"logit_softcap", out.logit_softcap}}) {
    if (cap != 0 && !(cap >= smallest_softcap && cap <= largest_softcap)) {
      return bad(name, "must be 0 or between 2^-10 and 2^20");
    }
  }
  if (out.positions != 0 && out.positions < out.context) {
    return bad("positions", "has fewer rows than the context has positions")
        .with(out.context, out.positions);
  }
  return {};
}

/// The tables of rotary steps that are there have one entry for each pair.
Status check_rope_steps(const schema::Architecture& a, std::uint32_t pairs) {
  const std::pair<const char*, const flatbuffers::Vector<std::uint64_t>*> tables[] = {
      {"rope_steps", a.rope_steps()},
      {"rope_steps_local", a.rope_steps_local()},
      {"rope_steps_long", a.rope_steps_long()}};
  for (const auto& [name, steps] : tables) {
    if (steps != nullptr && steps->size() != pairs) {
      return bad(name, "must have one entry for each rotary pair").with(pairs, steps->size());
    }
  }
  return {};
}

Architecture read_architecture(const schema::Model& model) {
  const schema::Architecture& a = *model.architecture();
  return {.vocab_size = a.vocab_size(),
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
          .tied_head = a.tied_head(),
          .norm = static_cast<NormKind>(a.norm()),
          .activation = static_cast<Activation>(a.activation()),
          .embedding_scale = a.embedding_scale(),
          .attention_softcap = a.attention_softcap(),
          .logit_softcap = a.logit_softcap(),
          .rotary_scale = a.rotary_scale(),
          .local_rotary = a.rope_steps_local() != nullptr,
          .positions = model.positions() != nullptr ? model.positions()->rows() : 0};
}

}  // namespace

Status verify_architecture(const schema::Model& model, Architecture& out) noexcept {
  const schema::Architecture& a = *model.architecture();
  out = read_architecture(model);
  Status status = check_ranges(out);
  if (status.ok()) status = check_heads(out);
  if (features::families && status.ok() && out.positions > largest_dimension) {
    status = bad("positions", "has more rows than this runtime supports");
  }
  if (features::families && status.ok()) status = check_options(a, out);
  if (!status.ok()) return status;
  if (!positive_and_finite(out.norm_epsilon))
    return bad("norm_epsilon", "must be positive and finite");
  if (!positive_and_finite(out.attention_scale)) {
    return bad("attention_scale", "must be positive and finite");
  }
  status = check_rope_steps(a, out.rotary_dim / 2);
  if (!status.ok()) return status;
  if (model.layers()->size() != out.layers) {
    return bad("layers", "the table has another number of layers than the architecture says")
        .with(out.layers, model.layers()->size());
  }
  if (!out.tied_head && model.head() == nullptr) {
    return bad("head", "is missing, and the architecture does not tie it to the embedding");
  }
  return check_layer_settings(model, out);
}

Status verify_tensors(const schema::Model& model, const Architecture& architecture,
                      std::span<const std::byte> data) noexcept {
  PlaneCheck planes(data.size());
  return for_each_tensor(model, architecture, [&](const TensorRef& tensor) {
    return tensor.matrix != nullptr ? check_matrix(tensor, planes) : check_vector(tensor, planes);
  });
}

}  // namespace ringlet
