// What the command line of `ringlet bench` asks for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench_measure.hpp"
#include "options.hpp"

namespace ringlet::cli {

struct BenchOptions {
  std::string model;
  BenchPlan plan{.prompts = {128},
                 .tokens = {64},
                 .pass_tokens = {},
                 .depths = {0},
                 .threads = {},
                 .kv = {""},
                 .prefill = {"ringlet"}};
  SessionOptions session;
  bool chose_prefill = false;  // --prefill was given
  bool without_cache = false;
  std::vector<std::uint32_t> sessions;  // of a pool
  std::uint32_t prefix_tokens = 0;      // that they share
  std::string svg;                      // the picture of --without-cache
  std::string prompt_file;              // the text that drafts are compared on; empty: the default
  bool json = false;
};

}  // namespace ringlet::cli
