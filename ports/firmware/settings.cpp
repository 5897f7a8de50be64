#include "settings.hpp"

#include "print.hpp"

namespace ringlet::port {

Model open_model() noexcept {
  const auto* bytes = reinterpret_cast<const std::byte*>(ringlet_model_storyteller);
  const Model model = value_or_fail(Model::open({bytes, RINGLET_STORYTELLER_FLASH_BYTES}));
  check(model.verify_data());
  print("model: ");
  print_number(model.bytes().size());
  print(" bytes, intact\n");
  return model;
}

Sampler make_sampler(const Session& session) noexcept {
  const SamplingDefaults defaults = session.model().sampling();
  const SamplerOptions options{.temperature = defaults.temperature,
                               .top_k = defaults.top_k,
                               .top_p = defaults.top_p,
                               .min_p = defaults.min_p,
                               .repeat_penalty = defaults.repeat_penalty,
                               .repeat_window = planned_config.repeat_window,
                               .seed = seed};
  return value_or_fail(Sampler::create(options, session.model().architecture().vocab_size,
                                       session.sampler_workspace()));
}

}  // namespace ringlet::port
