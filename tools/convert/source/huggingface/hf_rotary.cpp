#include "source/huggingface/hf_rotary.hpp"

#include <array>
#include <cmath>
#include <numbers>

#include "source/errors.hpp"
#include "source/unread_settings.hpp"

namespace ringlet::convert {
namespace {

/// Keys of a scaling that Transformers knows. It ignores keys that do not belong to the given type,
/// and so does this importer.
constexpr std::array scaling_keys = {
    HarmlessSetting{"rope_type"},       HarmlessSetting{"type"},
    HarmlessSetting{"rope_theta"},      HarmlessSetting{"partial_rotary_factor"},
    HarmlessSetting{"factor"},          HarmlessSetting{"original_max_position_embeddings"},
    HarmlessSetting{"low_freq_factor"}, HarmlessSetting{"high_freq_factor"},
    HarmlessSetting{"short_factor"},    HarmlessSetting{"long_factor"},
    HarmlessSetting{"beta_fast"},       HarmlessSetting{"beta_slow"},
    HarmlessSetting{"mscale", "1"},     HarmlessSetting{"mscale_all_dim", "0|1"},
    HarmlessSetting{"truncate"},        HarmlessSetting{"attention_factor"},
    HarmlessSetting{"finetuned"}};

/// The settings of one kind of layer.
struct RotarySettings {
  SourceRotary rotary;
  std::optional<SourceRotary> long_rotary{};
  std::uint32_t long_above = 0;
  std::uint32_t rotary_dim = 0;
  float scale = 1;
};

double positive(const JsonField& fields, const char* field) {
  const double value = fields.number(field);
  if (!(value > 0)) fields.refuse(field, " = ", value, " must be positive");
  return value;
}

/// An object that exists and is not empty.
std::optional<JsonField> nonempty_object(const JsonField& config, const char* field) {
  if (!config.has(field)) return std::nullopt;
  const JsonField object = config.object(field);
  return object.value().empty() ? std::nullopt : std::optional(object);
}

/// A member of a scaling. The type has two names.
const nlohmann::json* member_of(const nlohmann::json& object, const std::string& name) {
  auto found = object.find(name);
  if (found == object.end() && name == "type") found = object.find("rope_type");
  if (found == object.end() && name == "rope_type") found = object.find("type");
  return found == object.end() ? nullptr : &*found;
}

/// The first setting of `part` that `object` lacks or that differs in it. Null counts as absent.
std::optional<std::string> difference(const JsonField& object, const JsonField& part) {
  for (const auto& [name, value] : part.value().items()) {
    if (value.is_null()) continue;
    const nlohmann::json* own = member_of(object.value(), name);
    if (own == nullptr || *own != value) return name;
  }
  return std::nullopt;
}

/// The object of settings under its newer or its older name. Files for both generations of readers
/// have both; one must then contain everything in the other.
std::optional<JsonField> parameters_of(const JsonField& config) {
  std::optional<JsonField> newer = nonempty_object(config, "rope_parameters");
  std::optional<JsonField> older = nonempty_object(config, "rope_scaling");
  if (!newer || !older) return newer ? newer : older;
  const std::optional<JsonField> full = newer->find("full_attention");
  const std::optional<std::string> differs = difference(full ? *full : *newer, *older);
  if (!differs) return newer;
  if (!difference(*older, *newer)) return older;
  config.refuse("rope_parameters and rope_scaling contradict each other about ", *differs);
}

/// A number that both the object and the config around it can contain, if they agree.
std::optional<double> agreed_number(const JsonField& config,
                                    const std::optional<JsonField>& parameters, const char* field,
                                    const char* outer_name) {
  std::optional<double> outside, inside;
  if (config.has(outer_name)) outside = config.number(outer_name);
  if (parameters && parameters->has(field)) inside = parameters->number(field);
  if (inside && outside && *inside != *outside) {
    parameters->refuse(field, " = ", *inside, " contradicts ", outer_name, " = ", *outside,
                       " outside");
  }
  return inside ? inside : outside;
}

/// The settings of layers without a window. An object with settings for each kind of layer contains
/// nothing else.
std::optional<JsonField> full_parameters(const JsonField& config) {
  std::optional<JsonField> parameters = parameters_of(config);
  if (!parameters) return std::nullopt;
  std::optional<JsonField> full = parameters->find("full_attention");
  const std::optional<JsonField> sliding = parameters->find("sliding_attention");
  if (!full && !sliding) return parameters;
  refuse_unread(*parameters, {});
  return full;
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

/// The trained context before it was extended.
std::uint32_t original_context(const JsonField& config, const JsonField& scaling,
                               const RotaryDefaults& defaults) {
  constexpr const char* field = "original_max_position_embeddings";
  (void)agreed_number(config, scaling, field, field);
  const std::uint32_t otherwise = defaults.original_context != 0
                                      ? defaults.original_context
                                      : config.count("max_position_embeddings");
  return scaling.count(field, config.count(field, otherwise));
}

/// The ratio by which the context was extended. Transformers 4 uses the ratio of both contexts,
/// Transformers 5 the factor if there is one.
double stretched_by(const JsonField& config, const JsonField& scaling, std::uint32_t original) {
  const double ratio = static_cast<double>(config.count("max_position_embeddings")) / original;
  if (!scaling.has("factor")) return ratio;
  const double factor = positive(scaling, "factor");
  if (factor != ratio && !scaling.has("attention_factor")) {
    scaling.refuse("factor = ", factor, " contradicts the contexts, whose ratio is ", ratio);
  }
  return factor;
}

void read_longrope(const JsonField& config, const JsonField& scaling,
                   const RotaryDefaults& defaults, RotarySettings& settings) {
  const std::uint32_t pairs = settings.rotary_dim / 2;
  for (const char* field : {"short_mscale", "long_mscale"}) {
    if (scaling.has(field)) scaling.refuse(field, " is not supported");
  }
  settings.long_above = original_context(config, scaling, defaults);
  settings.rotary.factors = factors_of(scaling, "short_factor", pairs);
  settings.long_rotary = SourceRotary{.theta = settings.rotary.theta,
                                      .factors = factors_of(scaling, "long_factor", pairs)};
  const double factor = stretched_by(config, scaling, settings.long_above);
  settings.scale = scaling.has("attention_factor")
                       ? static_cast<float>(positive(scaling, "attention_factor"))
                       : longrope_scale(factor, settings.long_above);
}

/// The type under either of its names. Without one, the scaling is undefined.
std::string type_of_scaling(const JsonField& scaling) {
  if (const auto type = scaling.find("rope_type")) {
    (void)scaling.find("type");
    return type->text();
  }
  if (const auto type = scaling.find("type")) return type->text();
  for (const char* field : {"factor", "short_factor", "low_freq_factor", "beta_fast"}) {
    if (scaling.has(field)) scaling.refuse(field, " is there without a rope_type; add the type");
  }
  return "default";
}

void read_rope_scaling(const JsonField& config, const JsonField& scaling,
                       const RotaryDefaults& defaults, RotarySettings& settings) {
  const std::string type = type_of_scaling(scaling);
  if (type == "default") return;
  if (type == "linear") {
    settings.rotary.factors.assign(settings.rotary_dim / 2, positive(scaling, "factor"));
  } else if (type == "llama3") {
    settings.rotary.factors =
        llama3_factors(settings.rotary.theta, settings.rotary_dim, positive(scaling, "factor"),
                       positive(scaling, "low_freq_factor"), positive(scaling, "high_freq_factor"),
                       original_context(config, scaling, defaults));
  } else if (type == "longrope" || type == "su") {
    read_longrope(config, scaling, defaults, settings);
  } else {
    scaling.refuse("the scaling '", type, "' is not supported; linear, llama3 and longrope are");
  }
}

/// `theta_name`: the name in the surrounding config for the base of these layers.
RotarySettings rotary_settings(const JsonField& config, const std::optional<JsonField>& parameters,
                               const char* theta_name, const RotaryDefaults& defaults,
                               std::uint32_t head_dim) {
  constexpr const char* part = "partial_rotary_factor";
  RotarySettings settings;
  settings.rotary.theta =
      agreed_number(config, parameters, "rope_theta", theta_name).value_or(defaults.theta);
  const double partial = agreed_number(config, parameters, part, part).value_or(defaults.partial);
  if (!(partial > 0 && partial <= 1)) {
    config.refuse(part, " = ", partial, " must be in (0, 1]");
  }
  settings.rotary_dim = static_cast<std::uint32_t>(head_dim * partial);
  if (settings.rotary_dim > most_rotary_dimensions) {
    config.refuse("heads of ", head_dim, " dimensions are not supported");
  }
  if (parameters) {
    read_rope_scaling(config, *parameters, defaults, settings);
    refuse_unread(*parameters, scaling_keys);
  }
  return settings;
}

bool is_same_rotary(const SourceRotary& a, const SourceRotary& b) {
  return a.theta == b.theta && a.factors == b.factors;
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

void read_hf_rotary(const JsonField& config, const RotaryDefaults& defaults, ModelShape& shape) {
  Architecture& a = shape.architecture;
  RotarySettings settings =
      rotary_settings(config, full_parameters(config), "rope_theta", defaults, a.head_dim);
  a.rotary_dim = settings.rotary_dim;
  a.rotary_scale = settings.scale;
  shape.rotary = std::move(settings.rotary);
  shape.long_rotary = std::move(settings.long_rotary);
  shape.long_above = settings.long_above;
}

void read_hf_local_rotary(const JsonField& config, std::optional<double> family_theta,
                          ModelShape& shape) {
  const std::optional<JsonField> parameters = parameters_of(config);
  const std::optional<JsonField> own =
      parameters ? parameters->find("sliding_attention") : std::nullopt;
  if (!own && !family_theta) return;
  if (!family_theta) (void)own->at("rope_theta");
  Architecture& a = shape.architecture;
  const char* theta_name = family_theta ? "rope_local_base_freq" : "rope_theta of sliding layers";
  RotarySettings settings =
      rotary_settings(config, own, theta_name, {.theta = family_theta.value_or(0)}, a.head_dim);
  if (own && (settings.rotary_dim != a.rotary_dim || settings.scale != a.rotary_scale ||
              settings.long_rotary)) {
    own->refuse(
        "differs from full_attention in more than base and factors, which is not supported");
  }
  if (!family_theta && is_same_rotary(settings.rotary, shape.rotary)) return;
  for (LayerShape& layer : shape.layers) {
    if (layer.window == 0 || layer.rotary != Rotary::global) continue;
    layer.rotary = Rotary::local;
    a.local_rotary = true;
  }
  if (a.local_rotary) shape.local_rotary = std::move(settings.rotary);
}

}  // namespace ringlet::convert
