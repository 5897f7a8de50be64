// The memory plan: one number for all memory that a session will ever use, and its layout.
#pragma once

#include "ringlet/language.hpp"  // first

#include <array>
#include <cstdint>
#include <span>

#include "ringlet/config.hpp"
#include "ringlet/model.hpp"
#include "ringlet/status.hpp"

namespace ringlet {

/// The stages of a forward pass, in order. Lifetimes of sections are expressed in stages.
enum class Stage : std::uint8_t {
  embed,
  attention_norm,
  project_qkv,
  attend,
  project_output,
  ffn_norm,
  gate_up,
  down,
  logits,
};
inline constexpr std::uint32_t stage_count = 9;

/// Human-readable name of a stage ("gate and up").
[[nodiscard]] const char* name_of(Stage stage) noexcept;

/// The possible sections of the caller's memory. A plan contains those that its model and
/// configuration need.
enum class SectionId : std::uint8_t {
  session,
  cache_layers,
  sink_keys,
  sink_values,
  hot_keys,
  hot_values,
  cold_keys,
  cold_values,
  logits,
  sampler,
  tokenizer,
  rotary_angles,
  key_bias_table,
  residual,
  gate,
  up,
  queries,
  keys,
  values,
  attended,
  attention_input,
  attention_input_int8,
  attended_int8,
  attention_output,
  ffn_input,
  ffn_input_int8,
  hidden_int8,
  ffn_output,
  logits_input,
  logits_input_int8,
  attention_workspaces,
  lookup,
  draft_session,
  sessions,
  pool_tables,
  prefix_windows,
  logits_tile,
  branch_pages,
  branch_tables,
  recurrent_inputs,
  recurrent_states,
  accelerator,
  grammar,
  token_trie,
};
inline constexpr std::uint32_t section_count = 44;

/// Human-readable name of a section ("hot keys").
[[nodiscard]] const char* name_of(SectionId section) noexcept;

/// One section of the caller's memory: its offset and size in bytes, and the stages during which it
/// is in use. Sections whose lifetimes do not overlap share bytes.
struct Section {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  SectionId id = SectionId::session;
  Stage first_stage = Stage::embed;
  Stage last_stage = Stage::logits;
  bool permanent = false;  // keeps its content from one pass to the next

  /// Whether both sections are in use at the same time, so that they must not share bytes.
  [[nodiscard]] constexpr bool alive_with(const Section& other) const noexcept {
    return permanent || other.permanent ||
           (first_stage <= other.last_stage && other.first_stage <= last_stage);
  }
};

/// The layout of the caller's memory. It is identical, byte for byte, on every target.
class MemoryPlan {
 public:
  /// Alignment in bytes of the memory and of every section.
  static constexpr std::uint64_t alignment = 64;

  /// Rounds `bytes` up to a multiple of the alignment.
  [[nodiscard]] static constexpr std::uint64_t aligned(std::uint64_t bytes) noexcept {
    return (bytes + alignment - 1) / alignment * alignment;
  }

  /// Size in bytes of the memory that the session needs.
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }

  /// The sections, in the order in which they were added.
  [[nodiscard]] std::span<const Section> sections() const noexcept {
    return {sections_.data(), count_};
  }

  /// Returns the section, or null if the plan does not contain it.
  [[nodiscard]] const Section* find(SectionId id) const noexcept;

  /// Adds a section that keeps its content between passes, at the lowest offset where it overlaps
  /// no other section. Add permanent sections first, and each section only once. Returns the
  /// offset.
  Result<std::uint64_t> add(SectionId id, std::uint64_t bytes) noexcept;

  /// Adds a section that is in use from stage `first` through `last`, at the lowest offset where it
  /// overlaps no section that is in use at the same time. Returns the offset.
  Result<std::uint64_t> add(SectionId id, std::uint64_t bytes, Stage first, Stage last) noexcept;

 private:
  Result<std::uint64_t> place(Section section, std::uint64_t bytes) noexcept;

  std::array<Section, section_count> sections_{};
  std::uint32_t count_ = 0;
  std::uint64_t total_ = 0;
};

/// Computes the memory that a session of this model and configuration needs. A pure function: it
/// allocates nothing and returns the same plan on every target. If the configuration does not fit
/// the model (context beyond the trained one, no room for a window, zero sizes), the error names
/// the field.
Result<MemoryPlan> plan(const Model& model, const Config& config) noexcept;

/// Returns the longest context whose plan fits into `bytes` with all other settings unchanged, or 0
/// if none fits. It is at most the trained one or, with allow_longer_context, config.context if
/// that is longer.
std::uint32_t longest_context(const Model& model, Config config, std::uint64_t bytes) noexcept;

/// Returns the longest context for which `fits(context)` is true, or 0 if there is none: for memory
/// that holds more than one session, of a pool or of a draft model too. If a context fits, so must
/// every shorter one. The context is at most that of longest_context().
template <class Fits>
std::uint32_t longest_context_if(const Model& model, const Config& config, const Fits& fits) {
  std::uint32_t most = model.architecture().trained_context;
  if (config.allow_longer_context && config.context > most) most = config.context;
  if (config.sinks >= most || !fits(config.sinks + 1)) return 0;
  std::uint32_t fitting = config.sinks + 1;
  std::uint32_t too_long = most + 1;
  while (too_long - fitting > 1) {
    const std::uint32_t middle = fitting + (too_long - fitting) / 2;
    (fits(middle) ? fitting : too_long) = middle;
  }
  return fitting;
}

}  // namespace ringlet
