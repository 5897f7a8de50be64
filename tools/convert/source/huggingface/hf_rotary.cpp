#include "source/huggingface/hf_rotary.hpp"

#include "source/huggingface/hf_rotary_scaling.hpp"
#include "source/unread_settings.hpp"

namespace ringlet::convert {
namespace {

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
    read_rotary_scaling(config, *parameters, defaults, settings);
  }
  return settings;
}

bool is_same_rotary(const SourceRotary& a, const SourceRotary& b) {
  return a.theta == b.theta && a.factors == b.factors;
}

}  // namespace

void read_hf_rotary(const JsonField& config, const RotaryDefaults& defaults, ModelShape& shape) {
  Architecture& a = shape.architecture;
  RotarySettings settings =
      rotary_settings(config, full_parameters(config), "rope_theta", defaults, a.head_dim);
  a.rotary_dim = settings.rotary_dim;
  a.rotary_scale = settings.scale;
  if (settings.query_growth != 0) {
    a.query_growth = settings.query_growth;
    a.query_growth_length = settings.query_growth_length;
  }
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
  if (!a.local_rotary) return;
  a.local_rotary_dim = static_cast<std::uint16_t>(a.rotary_dim);
  shape.local_rotary = std::move(settings.rotary);
}

}  // namespace ringlet::convert
