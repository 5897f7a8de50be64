// The reports of `ringlet perplexity`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "perplexity_score.hpp"
#include "ringlet/session.hpp"

namespace ringlet::cli {

/// The results of one cache format.
struct Measured {
  std::string kv;
  double bytes_per_token;
  Score score;
};

/// How the texts were processed.
struct Protocol {
  std::size_t texts = 0;
  bool stream = false;
  std::uint32_t chunk = 0;   // 0: whole texts
  std::uint32_t stride = 0;  // 0: the chunk
};

/// Bytes of cache per additional token of the window; with two tiers, those of the cold one.
[[nodiscard]] double bytes_per_token(const Session& session);

/// The first of `results` is the reference for the others.
[[nodiscard]] std::string perplexity_json(const std::string& model, const Config& config,
                                          const Protocol& protocol,
                                          const std::vector<Measured>& results);
[[nodiscard]] std::string perplexity_text(const Config& config, const Protocol& protocol,
                                          const std::vector<Measured>& results);

}  // namespace ringlet::cli
