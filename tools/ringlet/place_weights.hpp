// Where the weights are read from: --weights-in and --ram.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "options.hpp"

namespace ringlet::cli {

/// Adds --weights-in and --ram.
void add_weights_options(CLI::App& app, SessionOptions& options);

/// Throws Failure if a session of `bytes` exceeds --ram.
void require_ram(const LoadedModel& model, const Config& config, std::uint64_t bytes,
                 const SessionOptions& options);

/// Begins to copy the weights into huge pages, as --weights-in says, and those of the model that
/// drafts, if there is one. With --ram, the session and all copies stay within it. Call it when the
/// options of the session are complete. Throws Failure.
void place_weights(LoadedModel& model, const SessionOptions& options, LoadedModel* draft = nullptr);

/// The same, for measurements: waits until the copies are complete. Throws as
/// require_sound_weights() too.
void settle_weights(LoadedModel& model, const SessionOptions& options,
                    LoadedModel* draft = nullptr);

/// Throws Failure if a copy has shown that the file is damaged.
void require_sound_weights(const LoadedModel& model);

/// The model of a measurement: its name, its size, and where its weights are.
[[nodiscard]] std::string measured_model(const LoadedModel& model);
[[nodiscard]] nlohmann::ordered_json weights_json(const LoadedModel& model);

/// " | weights in huge pages" once they are, for lines of statistics; empty before.
[[nodiscard]] std::string weights_note(const LoadedModel& model);

}  // namespace ringlet::cli
