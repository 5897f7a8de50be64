#include "settings.hpp"

#include "print.hpp"
#include "ringlet/prompt.hpp"

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
  SamplerOptions options = sampler_options(session.model());
  options.repeat_window = planned_config.repeat_window;
  options.seed = seed;
  return value_or_fail(session.sampler(options));
}

}  // namespace ringlet::port
