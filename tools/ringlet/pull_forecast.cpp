#include "pull_forecast.hpp"

#include <algorithm>
#include <filesystem>

#include "free_memory.hpp"
#include "options.hpp"
#include "parse_values.hpp"
#include "ringlet/memory_plan.hpp"

namespace ringlet::cli {
namespace {

std::uint64_t free_disk_at(const std::string& folder) {
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(folder, error);
  return error ? ~std::uint64_t{0} : space.available;
}

std::string available(const PullForecast& forecast) {
  return human_bytes(forecast.available_memory) + " are available here";
}

/// What a session takes, and what to do if that is too much.
std::string memory_line(const PullForecast& forecast) {
  std::string line = "at most " + human_bytes(forecast.session_bytes) +
                     " for a session with context " + with_commas(forecast.context) +
                     ", beside the weights; " + available(forecast);
  if (!forecast.fits_memory()) {
    return line + (forecast.fitting_context == 0
                       ? ", too little for any"
                       : "; --context " + std::to_string(forecast.fitting_context) + " would fit");
  }
  if (forecast.session_bytes + forecast.model_bytes > forecast.available_memory) {
    line += ", so parts of the weights would be read from disk again and again";
  }
  return line;
}

}  // namespace

PullForecast forecast_from_outline(const std::string& outline, const std::string& folder) {
  const LoadedModel model = load_model_file(outline);
  const Config config = SessionOptions().complete_config(model.model);
  PullForecast forecast{.model_bytes = model.file.bytes().size(),
                        .context = effective_context(model.model, config),
                        .available_memory = port::available_memory(),
                        .free_disk = free_disk_at(folder)};
  const MemoryPlan memory = port::value_of(outline, plan(model.model, config));
  forecast.session_bytes = memory.total();
  forecast.fitting_context = longest_context(model.model, config, forecast.available_memory);
  return forecast;
}

std::string describe(const PullForecast& forecast, const std::string& name,
                     const std::string& folder) {
  return "  model     " + name + ", " + human_bytes(forecast.model_bytes) + " in " + folder +
         "\n  memory    " + memory_line(forecast) + "\n  disk      " +
         human_bytes(forecast.disk_bytes()) + " more until it is converted; " +
         human_bytes(forecast.free_disk) + " are free";
}

void refuse_misfit(const PullForecast& forecast, const std::string& source,
                   const std::string& folder) {
  if (!forecast.fits_disk()) {
    throw Refusal(source + ": needs " + human_bytes(forecast.disk_bytes()) + " in " + folder +
                  ", where " + human_bytes(forecast.free_disk) +
                  " are free; make room, set XDG_DATA_HOME to another disk, or try with "
                  "--yes");
  }
  if (!forecast.fits_memory() && forecast.fitting_context == 0) {
    throw Refusal(source + ": no session fits the memory of this machine (needs " +
                  human_bytes(forecast.session_bytes) + ", " + available(forecast) +
                  "); choose a smaller model, or --yes to pull it anyway");
  }
}

}  // namespace ringlet::cli
