#include "hf_rotary.hpp"

#include <cmath>
#include <numbers>

#include "errors.hpp"

namespace ringlet::convert {
namespace {

double positive(const JsonField& fields, const char* field) {
  const double value = fields.number(field);
  if (!(value > 0)) fields.refuse(field, " = ", value, " must be positive");
  return value;
}

/// The newer name of the object, which may have one for each kind of layer, the older one, or
/// nothing.
std::optional<JsonField> scaling_of(const JsonField& config) {
  for (const char* field : {"rope_parameters", "rope_scaling"}) {
    if (!config.has(field)) continue;
    const JsonField object = config.object(field);
    return object.has("full_attention") ? object.object("full_attention") : object;
  }
  return std::nullopt;
}

std::string type_of(const JsonField& scaling) {
  return scaling.text(scaling.has("rope_type") ? "rope_type" : "type", "default");
}

std::vector<double> factors_of(const JsonField& scaling, const char* field, std::uint32_t pairs) {
  std::vector<double> factors = scaling.numbers(field);
  if (factors.size() != pairs) {
    scaling.refuse(field, " has ", factors.size(), " entries for ", pairs,
                   " rotary pairs of a head");
  }
  for (const double factor : factors) {
    if (!(factor > 0)) scaling.refuse(field, " has an entry of ", factor);
  }
  return factors;
}

void read_longrope(const JsonField& config, const JsonField& scaling, ModelShape& shape) {
  const std::uint32_t pairs = shape.architecture.rotary_dim / 2;
  const JsonField& owner = config.has("original_max_position_embeddings") ? config : scaling;
  const std::uint32_t original = owner.count("original_max_position_embeddings");
  for (const char* field : {"short_mscale", "long_mscale"}) {
    if (scaling.has(field)) scaling.refuse(field, " is not supported");
  }
  shape.rotary.factors = factors_of(scaling, "short_factor", pairs);
  shape.long_rotary = SourceRotary{.theta = shape.rotary.theta,
                                   .factors = factors_of(scaling, "long_factor", pairs)};
  shape.long_above = original;
  const double factor = static_cast<double>(shape.architecture.context) / original;
  shape.architecture.rotary_scale = scaling.has("attention_factor")
                                        ? static_cast<float>(positive(scaling, "attention_factor"))
                                        : longrope_scale(factor, original);
}

}  // namespace

std::vector<double> llama3_factors(double theta, std::uint32_t rotary_dim, double factor,
                                   double low, double high, double original) {
  std::vector<double> factors(rotary_dim / 2);
  for (std::size_t i = 0; i < factors.size(); ++i) {
    const double exponent = 2.0 * static_cast<double>(i) / rotary_dim;
    const double wavelength = 2 * std::numbers::pi * std::pow(theta, exponent);
    if (wavelength > original / low) {
      factors[i] = factor;
    } else if (wavelength < original / high) {
      factors[i] = 1;
    } else {
      const double smooth = (original / wavelength - low) / (high - low);
      factors[i] = 1 / ((1 - smooth) / factor + smooth);
    }
  }
  return factors;
}

float longrope_scale(double factor, double original) {
  return factor > 1 ? static_cast<float>(std::sqrt(1 + std::log(factor) / std::log(original)))
                    : 1.0F;
}

double hf_local_theta(const JsonField& config, double otherwise) {
  if (config.has("rope_parameters")) {
    const JsonField parameters = config.object("rope_parameters");
    if (parameters.has("sliding_attention")) {
      const JsonField local = parameters.object("sliding_attention");
      if (type_of(local) != "default") {
        local.refuse("a scaling of local layers is not supported");
      }
      return local.number("rope_theta");
    }
  }
  return config.number("rope_local_base_freq", otherwise);
}

void read_hf_rotary(const JsonField& config, double otherwise, double partial, ModelShape& shape) {
  Architecture& a = shape.architecture;
  const std::optional<JsonField> scaling = scaling_of(config);
  const bool inside = scaling && scaling->has("rope_theta");
  shape.rotary.theta =
      inside ? scaling->number("rope_theta") : config.number("rope_theta", otherwise);
  if (!(partial > 0 && partial <= 1)) {
    config.refuse("partial_rotary_factor = ", partial, " must be in (0, 1]");
  }
  a.rotary_dim = static_cast<std::uint32_t>(a.head_dim * partial);
  if (a.rotary_dim > most_rotary_dimensions) {
    config.refuse("heads of ", a.head_dim, " dimensions are not supported");
  }
  if (!scaling) return;
  const std::string type = type_of(*scaling);
  if (type == "default") return;
  if (type == "linear") {
    shape.rotary.factors.assign(a.rotary_dim / 2, positive(*scaling, "factor"));
  } else if (type == "llama3") {
    shape.rotary.factors = llama3_factors(
        shape.rotary.theta, a.rotary_dim, positive(*scaling, "factor"),
        positive(*scaling, "low_freq_factor"), positive(*scaling, "high_freq_factor"),
        positive(*scaling, "original_max_position_embeddings"));
  } else if (type == "longrope" || type == "su") {
    read_longrope(config, *scaling, shape);
  } else {
    scaling->refuse("the scaling '", type, "' is not supported; linear, llama3 and longrope are");
  }
}

}  // namespace ringlet::convert
