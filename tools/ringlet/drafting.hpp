// Speculative decoding in the program: --lookup, --draft and --draft-tokens.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "options.hpp"
#include "ringlet/draft_model.hpp"
#include "ringlet/draft_text.hpp"
#include "ringlet/linux/draft_tuner.hpp"
#include "ringlet/lookup.hpp"
#include "ringlet/tokenizer.hpp"

namespace ringlet::cli {

/// Adds --lookup, --no-lookup, --draft and --draft-tokens.
void add_draft_options(CLI::App& app, DraftOptions& options);

/// The draft model of a run, open.
struct DraftSource {
  LoadedModel model;
  Config config;
  bool same_vocabulary = false;  // it drafts tokens; otherwise text

  /// Its configuration beside a target with this context: it sees no more than its target does.
  [[nodiscard]] Config config_for(const Config& target, std::uint32_t context) const;
};

/// Opens the draft model, if one is asked for, and sets what the target's plan reserves for
/// drafting. With `forces`, a grammar drafts too. Call it before make_session(). Throws Failure,
/// and UsageError if nothing can draft although an option asks for it.
[[nodiscard]] std::optional<DraftSource> plan_drafts(const LoadedModel& target,
                                                     SessionOptions& options, bool forces = false);

/// The drafters of a session.
class Drafting {
 public:
  /// `loaded` has been planned with plan_drafts(). The references must outlive the object. Throws
  /// Failure.
  Drafting(LoadedSession& loaded, const SessionOptions& options,
           const std::optional<DraftSource>& source);
  Drafting(const Drafting&) = delete;
  Drafting& operator=(const Drafting&) = delete;

  /// Whether anything drafts.
  [[nodiscard]] bool drafts() const noexcept { return tuner_.has_value(); }

  /// Observes every token of the text that a round does not produce.
  [[nodiscard]] const Drafter& drafter() const noexcept { return drafter_; }

  /// Requires drafts().
  [[nodiscard]] port::DraftTuner& tuner() noexcept { return *tuner_; }

  /// Forgets the text that it was told.
  void reset();

  /// What was accepted, for a line of statistics, after `separator`. If nothing was drafted, it
  /// says so to those who asked for drafts, and is empty otherwise.
  [[nodiscard]] std::string describe(const char* separator) const;

 private:
  friend Drafter;  // calls draft() and observe()

  void open();
  std::size_t draft(std::span<TokenId> out) noexcept;
  void observe(std::span<const TokenId> tokens) noexcept;

  LoadedSession& loaded_;
  const std::optional<DraftSource>& source_;
  bool asked_;  // an option asks for drafts
  std::optional<Lookup> lookup_;
  std::optional<DraftModel> model_;
  std::optional<DraftText> text_;
  Drafter drafter_;
  std::optional<port::DraftTuner> tuner_;
};

}  // namespace ringlet::cli
