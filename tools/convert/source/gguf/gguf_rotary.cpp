#include "source/errors.hpp"
#include "source/gguf/gguf_settings.hpp"
#include "source/rotary_scaling.hpp"

namespace ringlet::convert {
namespace {

std::vector<double> factors_in(GgufSource& source, const char* tensor) {
  const std::vector<float> values =
      source.store.vector(tensor, source.shape.architecture.rotary_dim / 2).values;
  return {values.begin(), values.end()};
}

/// Two lists of factors; the context of a session selects one. If the file does not specify the
/// factor of cosines and sines, it is 1, as in llama.cpp.
void read_longrope(GgufSource& source) {
  const char* short_name = "rope_factors_short.weight";
  if (!source.store.has(short_name)) return;
  ModelShape& shape = source.shape;
  Architecture& a = shape.architecture;
  shape.rotary.factors = factors_in(source, short_name);
  shape.long_rotary = SourceRotary{.theta = shape.rotary.theta,
                                   .factors = factors_in(source, "rope_factors_long.weight")};
  shape.long_above =
      source.metadata.size(source.key("rope.scaling.original_context_length"), a.trained_context);
  a.rotary_scale =
      static_cast<float>(source.metadata.number(source.key("rope.scaling.attn_factor"), 1));
}

/// The divisor of all frequencies: `rope.scaling.factor`, or its earlier name. As in llama.cpp, a
/// factor without a type is linear, and 0 means none.
double linear_factor(const GgufSource& source, const std::string& type) {
  const GgufMetadata& metadata = source.metadata;
  const std::string newer = source.key("rope.scaling.factor");
  const std::string older = source.key("rope.scale_linear");
  const std::string& key = metadata.has(newer) ? newer : older;
  (void)metadata.number(older, 0);  // read, but overridden by the newer key
  const double factor = metadata.number(key, 0);
  if (factor < 0) fail(metadata.file_name(), ": ", key, " = ", factor, " must be positive");
  if (type == "none" || factor == 0) return 1;
  if (type == "longrope" && factor != 1) {
    fail(metadata.file_name(), ": ", key, " = ", factor,
         " beside the factors of 'longrope' is not supported");
  }
  return factor;
}

/// As llama-context.cpp and ggml's rope compute it: the factor of cosines and sines is that of
/// Transformers with an mscale of 1, divided by that of `yarn_log_multiplier` if it is there.
void read_yarn(GgufSource& source, double factor) {
  const GgufMetadata& metadata = source.metadata;
  const auto number = [&](const char* name, double otherwise) {
    return metadata.number(source.key(name), otherwise);
  };
  ModelShape& shape = source.shape;
  Architecture& a = shape.architecture;
  const std::string mix = source.key("rope.scaling.yarn_ext_factor");
  if (number("rope.scaling.yarn_ext_factor", 1) != 1) {
    fail(metadata.file_name(), ": ", mix, " = ", metadata.number(mix), " is not supported; 1 is");
  }
  const Yarn yarn{.factor = factor,
                  .original = static_cast<double>(metadata.size(
                      source.key("rope.scaling.original_context_length"), a.trained_context)),
                  .beta_fast = number("rope.scaling.yarn_beta_fast", Yarn{}.beta_fast),
                  .beta_slow = number("rope.scaling.yarn_beta_slow", Yarn{}.beta_slow)};
  if (!(yarn.original > 0 && yarn.beta_slow > 0 && yarn.beta_fast > yarn.beta_slow &&
        shape.rotary.theta > 1)) {
    fail(
        metadata.file_name(), ": ", source.key("rope.scaling"),
        ": 'yarn' needs a base of more than 1, an original context, and a yarn_beta_slow between 0 "
        "and yarn_beta_fast");
  }
  shape.rotary.factors = yarn_factors(shape.rotary.theta, a.rotary_dim, yarn);
  const double divisor = number("rope.scaling.yarn_log_multiplier", 0);
  const double magnitude = yarn_magnitude(factor, 1) / yarn_magnitude(factor, divisor);
  a.rotary_scale = static_cast<float>(magnitude * number("rope.scaling.attn_factor", 1));
}

void read_scaling(GgufSource& source) {
  ModelShape& shape = source.shape;
  const GgufMetadata& metadata = source.metadata;
  const std::string type = metadata.text(source.key("rope.scaling.type"), "linear");
  if (type != "none" && type != "linear" && type != "longrope" && type != "yarn") {
    fail(metadata.file_name(), ": ", source.key("rope.scaling.type"), " = '", type,
         "' is not supported; none, linear, longrope and yarn are");
  }
  const double factor = linear_factor(source, type);
  if (type == "yarn") return read_yarn(source, factor);
  if (factor != 1) shape.rotary.factors.assign(shape.architecture.rotary_dim / 2, factor);
}

/// Factors of individual pairs, in addition to one for all.
void read_frequency_factors(GgufSource& source) {
  const char* frequencies = "rope_freqs.weight";
  if (!source.store.has(frequencies)) return;
  const std::vector<double> overall = source.shape.rotary.factors;
  source.shape.rotary.factors = factors_in(source, frequencies);
  for (std::size_t i = 0; i < overall.size(); ++i) source.shape.rotary.factors[i] *= overall[i];
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
  read_frequency_factors(source);
  read_longrope(source);
}

}  // namespace ringlet::convert
