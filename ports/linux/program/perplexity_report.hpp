// What `ringlet perplexity` reports.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "perplexity_score.hpp"
#include "ringlet/session.hpp"

namespace ringlet::cli {

/// A cache format and what it came to.
struct Measured {
  std::string kv;
  double bytes_per_token;
  Score score;
};

/// How the texts were gone through.
struct Protocol {
  std::size_t texts = 0;
  bool stream = false;
  std::uint32_t chunk = 0;   // 0: whole texts
  std::uint32_t stride = 0;  // 0: the chunk
};

/// Bytes that one more token of the window takes in the cache: those of the older tier where there
/// are two.
[[nodiscard]] double bytes_per_token(const Session& session);

/// The first of `results` is what the others are compared with.
[[nodiscard]] std::string perplexity_json(const std::string& model, const Config& config,
                                          const Protocol& protocol,
                                          const std::vector<Measured>& results);
[[nodiscard]] std::string perplexity_text(const Config& config, const Protocol& protocol,
                                          const std::vector<Measured>& results);

}  // namespace ringlet::cli
