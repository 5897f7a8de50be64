#include "errors.hpp"
#include "gguf_parts.hpp"
#include "hf_rotary.hpp"

namespace ringlet::convert {
namespace {

std::vector<double> factors_in(GgufSource& source, const char* tensor) {
  const std::vector<float> values =
      source.store.vector(tensor, source.shape.architecture.rotary_dim / 2).values;
  return {values.begin(), values.end()};
}

/// Two lists of factors, of which a session's context chooses one.
void read_longrope(GgufSource& source) {
  const char* short_name = "rope_factors_short.weight";
  if (!source.store.has(short_name)) return;
  ModelShape& shape = source.shape;
  Architecture& a = shape.architecture;
  const std::uint32_t original =
      source.metadata.size(source.key("rope.scaling.original_context_length"), a.context);
  shape.rotary.factors = factors_in(source, short_name);
  shape.long_rotary = SourceRotary{.theta = shape.rotary.theta,
                                   .factors = factors_in(source, "rope_factors_long.weight")};
  shape.long_above = original;
  const float usual = longrope_scale(static_cast<double>(a.context) / original, original);
  a.rotary_scale = static_cast<float>(
      source.metadata.number(source.key("rope.scaling.attn_factor"), static_cast<double>(usual)));
}

/// `rope.scaling`, and what it was called before.
void read_scaling(GgufSource& source) {
  ModelShape& shape = source.shape;
  const GgufMetadata& metadata = source.metadata;
  const std::string old = source.key("rope.scale_linear");
  const std::string type =
      metadata.text(source.key("rope.scaling.type"), metadata.has(old) ? "linear" : "none");
  if (type == "linear") {
    const double factor =
        metadata.number(metadata.has(old) ? old : source.key("rope.scaling.factor"));
    if (!(factor > 0)) {
      fail(metadata.file_name(), ": ", source.key("rope.scaling.factor"), " = ", factor,
           " must be positive");
    }
    shape.rotary.factors.assign(shape.architecture.rotary_dim / 2, factor);
  } else if (type != "none" && type != "longrope") {
    fail(metadata.file_name(), ": ", source.key("rope.scaling.type"), " = '", type,
         "' is not supported; none, linear and longrope are");
  }
}

}  // namespace

void read_gguf_rotary(GgufSource& source) {
  Architecture& a = source.shape.architecture;
  const GgufMetadata& metadata = source.metadata;
  a.rotary_dim = metadata.size(source.key("rope.dimension_count"), a.head_dim);
  if (a.rotary_dim > most_rotary_dimensions) {
    fail(metadata.file_name(), ": ", source.key("rope.dimension_count"), " = ", a.rotary_dim,
         " is more than is supported");
  }
  source.shape.rotary.theta = metadata.number(source.key("rope.freq_base"), 10000);
  read_scaling(source);
  const char* frequencies = "rope_freqs.weight";
  if (source.store.has(frequencies)) {
    source.shape.rotary.factors = factors_in(source, frequencies);
  }
  read_longrope(source);
}

}  // namespace ringlet::convert
