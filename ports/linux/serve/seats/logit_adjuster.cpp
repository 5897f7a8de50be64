#include "serve/seats/logit_adjuster.hpp"

#include <algorithm>

namespace ringlet::serve {

LogitAdjuster::LogitAdjuster(const LogitAdjustments& adjustments)
    : frequency_(double{adjustments.frequency}), presence_(double{adjustments.presence}) {
  for (const LogitAdjustments::Bias& bias : adjustments.biases) {
    if (bias.bias != 0) entries_.push_back({bias.token, bias.bias, 0});
  }
  std::ranges::sort(entries_, {}, &Entry::token);
}

std::span<const float> LogitAdjuster::adjust(std::span<const float> logits,
                                             std::span<float> scratch) const {
  if (entries_.empty()) return logits;
  std::ranges::copy(logits, scratch.begin());
  for (const Entry& entry : entries_) {
    const double penalty = entry.count * frequency_ + (entry.count > 0 ? presence_ : 0);
    const double added = double{entry.bias} - penalty;
    scratch[entry.token] = static_cast<float>(double{scratch[entry.token]} + added);
  }
  return scratch.first(logits.size());
}

void LogitAdjuster::count(TokenId token) {
  if (frequency_ == 0 && presence_ == 0) return;
  auto entry = std::ranges::lower_bound(entries_, token, {}, &Entry::token);
  if (entry == entries_.end() || entry->token != token) {
    entry = entries_.insert(entry, {token, 0, 0});
  }
  ++entry->count;
}

}  // namespace ringlet::serve
