// Answers of the hub that are not what was asked for.
#pragma once

#include <optional>
#include <string>

#include "pull/hub.hpp"

namespace ringlet::pull {

/// What an answer concerns.
struct Subject {
  std::string repository;
  std::string revision;
  std::string path{};  // of a file; empty: the repository itself
};

/// Returns what is wrong with an answer, with its remedy; nothing if it is complete and has status
/// 200 or 206, or was stopped by a callback. `reached` tells whether the hub has answered before.
[[nodiscard]] std::optional<Trouble> trouble_of(const Answer& answer, const Subject& subject,
                                                const HubSettings& settings, bool reached);

}  // namespace ringlet::pull
