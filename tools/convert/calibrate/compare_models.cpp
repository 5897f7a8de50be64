#include "calibrate/compare_models.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "calibrate/model_session.hpp"
#include "predictions.hpp"
#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

/// Sums over the predictions of one window.
struct WindowSums {
  double divergence = 0;
  double predictions = 0;
};

/// The standard error of Σ divergence / Σ predictions, a ratio of sums over windows.
double standard_error(const std::vector<WindowSums>& windows, double mean, double predictions) {
  if (windows.size() < 2) return 0;
  double squares = 0;
  for (const WindowSums& window : windows) {
    const double difference = window.divergence - mean * window.predictions;
    squares += difference * difference;
  }
  const auto count = static_cast<double>(windows.size());
  return std::sqrt(squares * count / (count - 1)) / predictions;
}

}  // namespace

ModelComparison compare_models(const Model& exact, const Model& other, const Team& team,
                               const CalibrationText& text,
                               const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  const std::uint32_t longest = *std::max_element(text.windows.begin(), text.windows.end());
  ModelSession sessions[] = {{exact, team, longest}, {other, team, longest}};
  std::array<std::vector<double>, 2> predicted;
  std::array<double, 2> nll{};
  std::vector<WindowSums> windows;
  ModelComparison result;
  auto token = text.tokens.begin();
  for (const std::uint32_t size : text.windows) {
    WindowSums sums;
    for (ModelSession& session : sessions) session->reset();
    for (std::uint32_t i = 0; i < size; ++i, ++token) {
      for (std::size_t m = 0; m < 2; ++m) {
        if (i > 0) {
          port::log_softmax(sessions[m]->logits(), predicted[m]);
          nll[m] -= predicted[m][static_cast<std::size_t>(*token)];
        }
        sessions[m].step(*token);
      }
      if (i == 0) continue;
      sums.divergence += port::divergence(predicted[0], predicted[1]);
      sums.predictions += 1;
    }
    windows.push_back(sums);
    result.divergence += sums.divergence;
    result.tokens += size - 1;
    if (progress) {
      progress(static_cast<std::uint64_t>(token - text.tokens.begin()), text.tokens.size());
    }
  }
  if (result.tokens == 0) fail("the text has no token to predict");
  const auto count = static_cast<double>(result.tokens);
  result.divergence /= count;
  result.standard_error = standard_error(windows, result.divergence, count);
  result.exact_perplexity = std::exp(nll[0] / count);
  result.other_perplexity = std::exp(nll[1] / count);
  return result;
}

}  // namespace ringlet::convert
