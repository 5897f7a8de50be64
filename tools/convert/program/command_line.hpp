// The options of ringlet-convert.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "convert.hpp"

namespace ringlet::convert {

/// The options as typed.
struct CommandLine {
  ConvertOptions options;
  std::string weights;
  std::string attention;
  std::string feed_forward;
  std::string embedding;
  std::string lm_head;
  std::string tokenizer;
  std::string random;
  std::string hadamard = "auto";
  std::string key_bias = "auto";
  std::string key_scales = "auto";
  std::string kv = "auto";
  std::string calibration;
  std::string calibration_state;
  std::string perplexity;
  bool no_color = false;
  bool families = false;  // list them, and convert nothing
};

/// Declares all options. Parsing fills `line`, which must outlive `app`.
void add_options(CLI::App& app, CommandLine& line);

/// Transfers the typed options to line.options. Throws CLI::ValidationError for contradictory
/// options.
void finish_options(CommandLine& line);

}  // namespace ringlet::convert
