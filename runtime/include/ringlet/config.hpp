// The settings of a session. Every setting that costs memory is here.
#pragma once

#include "ringlet/language.hpp"  // first

#include <cstdint>
#include <optional>

#include "ringlet/formats.hpp"

namespace ringlet {

/// Settings that an application chooses for a session. The defaults use the model's own context and
/// cache formats.
struct Config {
  // The largest values that plan() accepts.
  static constexpr std::uint32_t largest_context = 1U << 30;
  static constexpr std::uint32_t largest_prefill_chunk = 1U << 12;
  static constexpr std::uint32_t most_threads = 256;
  static constexpr std::uint32_t most_rewind = 16;
  static constexpr std::uint32_t largest_text_window =
      1U << 24;  // longest_word, repeat_window, lookup_window

  /// Number of tokens that attention sees at once: the sinks plus the window of the ring. 0 selects
  /// the trained context of the model, which is also the maximum unless allow_longer_context is
  /// set.
  std::uint32_t context = 0;

  /// Number of tokens at the start of a session that are kept forever as attention sinks (Xiao et
  /// al., StreamingLLM, 2023).
  std::uint32_t sinks = 4;

  /// Cache formats for every layer. Empty selects the model's recommendation for each layer.
  std::optional<KvFormats> kv = std::nullopt;

  /// Number of newest positions kept in INT8 when keys or values are INT4, because attention
  /// weights them most. At least ring_chunk(). Values of the form 32n − 16 waste no slots: the ring
  /// is allocated in pages of 32 and has ring_chunk() slots beyond the hot window.
  std::uint32_t hot_window = 48;

  /// Maximum number of tokens that pass through the layers together during prefill. Larger values
  /// speed up matrix products up to a few hundred tokens and cost scratch memory.
  std::uint32_t prefill_chunk = 16;

  /// Maximum number of threads of the session's Team. Each thread has its own attention workspace.
  /// Results do not depend on it.
  std::uint32_t threads = 1;

  /// Longest word, in bytes, that the tokenizer's workspace can encode. A word here is a run of
  /// text without a space. prefill_text() also needs PromptOptions::room for the word's tokens.
  std::uint32_t longest_word = 1024;

  /// Number of recent tokens that the repetition penalty considers.
  std::uint32_t repeat_window = 64;

  /// Allows a context longer than the trained context. Quality is then undefined.
  bool allow_longer_context = false;

  /// Reads the sinks in place from the snapshot passed to Session::restore, so that many sessions
  /// can share them. The plan then counts no bytes for sinks, and the session must begin with
  /// restore().
  bool sinks_in_snapshot = false;

  /// Number of positions that a session of a model with recurrent layers can go back from the
  /// highest one that it has reached; at least draft_tokens, at most ring_chunk(), which is what
  /// the rings of its other layers allow. Each costs memory. A session can always be reset. Other
  /// models ignore it.
  std::uint32_t rewind = 0;

  /// Bytes set aside in the plan for an Accelerator, whose provider says how many it needs.
  std::uint64_t accelerator_bytes = 0;

  /// Maximum number of drafted tokens that Session::verify takes after a token of the text; fewer
  /// than ring_chunk(). Each costs a row of logits.
  std::uint32_t draft_tokens = 0;

  /// Number of the newest tokens that a Lookup remembers; 0 reserves no memory for one.
  std::uint32_t lookup_window = 0;

  /// Bytes set aside in the plan for the session of a draft model: the total of its own plan.
  std::uint64_t draft_bytes = 0;

  /// Bytes set aside in the plan for a GrammarState: its workspace_bytes().
  std::uint64_t grammar_bytes = 0;

  /// Bytes set aside in the plan for a trie of tokens that is built in memory, because the model
  /// file has none (ringlet/token_trie.hpp).
  std::uint64_t token_trie_bytes = 0;

  /// Maximum number of tokens written to a layer's ring before attention reads them. The ring keeps
  /// room for them beyond its window, so a session can always go back by at least this many tokens.
  [[nodiscard]] constexpr std::uint32_t ring_chunk() const noexcept {
    return prefill_chunk < 16 ? prefill_chunk : 16;
  }
};

}  // namespace ringlet
