// What `ringlet run` prints of an answer that it holds until it is whole: --json, --each-line and
// --grammar-confidence.
#pragma once

#include <optional>
#include <string>

#include "answer.hpp"
#include "run_report.hpp"

namespace ringlet::cli {

/// An answer that has ended.
struct HeldAnswer {
  std::string text;
  const RunReport& report;
  const Answer* answer;  // null without a grammar
};

/// Whether the model is less sure of the answer than `least` asks.
[[nodiscard]] bool is_refused(const HeldAnswer& held, std::optional<float> least);

/// The answer as an object of one line (the README of this folder explains the keys).
[[nodiscard]] std::string answer_json(const HeldAnswer& held, bool refused);

/// "refused: confidence 0.412 is below 0.500"
[[nodiscard]] std::string describe_refusal(const HeldAnswer& held, float least);

}  // namespace ringlet::cli
