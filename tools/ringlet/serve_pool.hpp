// The model and the seats of `ringlet serve`, with all their memory.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "options.hpp"
#include "ringlet/pool.hpp"
#include "serve/seats/seat.hpp"

namespace ringlet::cli {

struct ServePoolOptions {
  std::uint32_t seats = 4;
  std::uint32_t most_tokens = 2048;  // of an answer
  SessionOptions session;
};

/// Adds the options of sessions.
void add_serve_pool_options(CLI::App& app, ServePoolOptions& options);

struct ServePool {
  LoadedModel model;
  port::Mapping memory = {};
  std::unique_ptr<port::ThreadTeam> team = {};
  Pool pool = {};
  serve::SeatSettings seats = {};
  std::string plan_json = {};
  std::uint64_t scratch_bytes = 0;  // for logits with biases and penalties
  std::uint64_t record_bytes = 0;   // for log-probabilities, while clients ask for them
  std::uint64_t buffer_bytes = 0;   // for a snapshot on its way to or from the disk

  /// The one number.
  [[nodiscard]] std::uint64_t ram_bytes() const noexcept {
    return memory.bytes().size() + scratch_bytes + record_bytes + buffer_bytes;
  }
};

/// Opens the model, plans, maps and creates the pool. Throws Failure and UsageError.
[[nodiscard]] std::unique_ptr<ServePool> make_serve_pool(const std::string& model,
                                                         ServePoolOptions options);

}  // namespace ringlet::cli
