#include "source/huggingface/hf_rotary_scaling.hpp"

#include <array>
#include <cmath>

#include "source/errors.hpp"
#include "source/rotary_scaling.hpp"
#include "source/unread_settings.hpp"

namespace ringlet::convert {
namespace {

/// Keys of a scaling that Transformers knows. It ignores keys that do not belong to the given type,
/// and so does this importer.
constexpr std::array scaling_keys = {HarmlessSetting{"rope_type"},
                                     HarmlessSetting{"type"},
                                     HarmlessSetting{"rope_theta"},
                                     HarmlessSetting{"partial_rotary_factor"},
                                     HarmlessSetting{"factor"},
                                     HarmlessSetting{"original_max_position_embeddings"},
                                     HarmlessSetting{"low_freq_factor"},
                                     HarmlessSetting{"high_freq_factor"},
                                     HarmlessSetting{"short_factor"},
                                     HarmlessSetting{"long_factor"},
                                     HarmlessSetting{"beta_fast"},
                                     HarmlessSetting{"beta_slow"},
                                     HarmlessSetting{"mscale", "1"},
                                     HarmlessSetting{"mscale_all_dim", "0|1"},
                                     HarmlessSetting{"truncate"},
                                     HarmlessSetting{"attention_factor"},
                                     HarmlessSetting{"llama_4_scaling_beta", "0"},
                                     HarmlessSetting{"max_position_embeddings"},
                                     HarmlessSetting{"finetuned"},
                                     HarmlessSetting{"alpha"}};

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
  const double factor = scaling.positive("factor");
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
                       ? static_cast<float>(scaling.positive("attention_factor"))
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

/// The factor of cosines and sines, which two factors with names of their own can replace.
float yarn_attention_factor(const JsonField& scaling, double factor) {
  if (scaling.has("attention_factor")) {
    return static_cast<float>(scaling.positive("attention_factor"));
  }
  const double mscale = scaling.number("mscale", 0);
  const double all_dimensions = scaling.number("mscale_all_dim", 0);
  if (mscale < 0 || all_dimensions < 0) {
    scaling.refuse("mscale and mscale_all_dim must not be negative");
  }
  const bool both = mscale != 0 && all_dimensions != 0;
  return static_cast<float>(both ? yarn_magnitude(factor, mscale) /
                                       yarn_magnitude(factor, all_dimensions)
                                 : yarn_magnitude(factor, 1));
}

/// A larger base from the start, whatever the length of the text (Hunyuan). The factor must be 1.
void read_alpha(const JsonField& scaling, RotarySettings& settings) {
  const double alpha = scaling.positive("alpha");
  if (scaling.number("factor", 1) != 1) scaling.refuse("factor and alpha exclude each other");
  const double dimensions = settings.rotary_dim;
  if (dimensions <= 2) scaling.refuse("alpha needs heads of more than two rotated dimensions");
  settings.rotary.theta *= std::pow(alpha, dimensions / (dimensions - 2));
}

void read_yarn(const JsonField& config, const JsonField& scaling, const RotaryDefaults& defaults,
               RotarySettings& settings) {
  const Yarn yarn{.factor = scaling.positive("factor"),
                  .original = static_cast<double>(original_context(config, scaling, defaults)),
                  .beta_fast = scaling.number("beta_fast", Yarn{}.beta_fast),
                  .beta_slow = scaling.number("beta_slow", Yarn{}.beta_slow),
                  .truncate = scaling.flag("truncate", true)};
  if (!(yarn.beta_slow > 0 && yarn.beta_fast > yarn.beta_slow)) {
    scaling.refuse("beta_slow = ", yarn.beta_slow,
                   " must be positive and less than beta_fast = ", yarn.beta_fast);
  }
  if (!(settings.rotary.theta > 1)) scaling.refuse("yarn needs a base of more than 1");
  settings.rotary.factors = yarn_factors(settings.rotary.theta, settings.rotary_dim, yarn);
  settings.scale = yarn_attention_factor(scaling, yarn.factor);
  if (!defaults.grows_queries) return;
  const double growth = scaling.number("llama_4_scaling_beta", 0);
  if (growth < 0) scaling.refuse("llama_4_scaling_beta = ", growth, " must not be negative");
  settings.query_growth = static_cast<float>(growth);
  settings.query_growth_length = original_context(config, scaling, defaults);
}

void apply(const JsonField& config, const JsonField& scaling, const RotaryDefaults& defaults,
           RotarySettings& settings) {
  const std::string type = type_of_scaling(scaling);
  if (type == "default") return;
  if (type == "linear") {
    settings.rotary.factors.assign(settings.rotary_dim / 2, scaling.positive("factor"));
  } else if (type == "llama3") {
    settings.rotary.factors =
        llama3_factors(settings.rotary.theta, settings.rotary_dim, scaling.positive("factor"),
                       scaling.positive("low_freq_factor"), scaling.positive("high_freq_factor"),
                       original_context(config, scaling, defaults));
  } else if (type == "longrope" || type == "su") {
    read_longrope(config, scaling, defaults, settings);
  } else if (type == "dynamic" && scaling.has("alpha")) {
    read_alpha(scaling, settings);
  } else if (type == "yarn") {
    read_yarn(config, scaling, defaults, settings);
  } else {
    scaling.refuse("the scaling '", type,
                   "' is not supported; linear, llama3, longrope and yarn are");
  }
}

}  // namespace

void read_rotary_scaling(const JsonField& config, const JsonField& scaling,
                         const RotaryDefaults& defaults, RotarySettings& settings) {
  apply(config, scaling, defaults, settings);
  if (defaults.ignores_sections) {
    for (const char* field : {"mrope_section", "mrope_interleaved"}) (void)scaling.find(field);
  }
  refuse_unread(scaling, scaling_keys);
}

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

}  // namespace ringlet::convert
