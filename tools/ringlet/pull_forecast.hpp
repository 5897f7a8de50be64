// What a model will take on this machine, before it is downloaded.
#pragma once

#include <cstdint>
#include <string>

#include "common/format_values.hpp"
#include "pull/choose_files.hpp"
#include "ringlet/linux/failure.hpp"

namespace ringlet::cli {

struct PullForecast {
  std::uint64_t download_bytes = 0;   // still to come
  std::uint64_t model_bytes = 0;      // the model file
  std::uint64_t session_bytes = 0;    // RAM of a session with the model's own settings
  std::uint32_t context = 0;          // of that session
  std::uint32_t fitting_context = 0;  // the longest that fits the available memory; 0: none
  std::uint64_t available_memory = 0;
  std::uint64_t free_disk = 0;  // where models are kept

  [[nodiscard]] std::uint64_t disk_bytes() const { return download_bytes + model_bytes; }
  [[nodiscard]] bool fits_disk() const { return disk_bytes() <= free_disk; }
  [[nodiscard]] bool fits_memory() const { return session_bytes <= available_memory; }
};

/// Plans for the file that `ringlet-convert --outline` wrote. Fills everything but the download.
[[nodiscard]] PullForecast forecast_from_outline(const std::string& outline,
                                                 const std::string& folder);

/// The forecast as lines for a person.
[[nodiscard]] std::string describe(const PullForecast& forecast, const std::string& name,
                                   const std::string& folder);

/// What is not worth continuing.
class Refusal : public port::Failure {
 public:
  using port::Failure::Failure;
};

/// Throws Refusal with the remedy if the disk is too small, or no session would fit.
void refuse_misfit(const PullForecast& forecast, const std::string& source,
                   const std::string& folder);

}  // namespace ringlet::cli
