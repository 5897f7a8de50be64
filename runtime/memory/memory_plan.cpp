#include "ringlet/memory_plan.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include "base/features.hpp"

namespace ringlet {
namespace {

constexpr const char* stage_names[] = {"embed",    "attention norm", "q k v", "attend", "output",
                                       "ffn norm", "gate and up",    "down",  "logits"};
static_assert(std::size(stage_names) == stage_count);
static_assert(static_cast<std::uint32_t>(Stage::logits) + 1 == stage_count);

/// A name, and whether the build has such sections.
struct SectionName {
  std::string_view text;
  bool exists = true;
};

constexpr SectionName section_list[] = {
    {"session"},
    {"cache layers"},
    {"sink keys"},
    {"sink values"},
    {"hot keys"},
    {"hot values"},
    {"cold keys", features::int4_cache},
    {"cold values", features::int4_cache},
    {"logits"},
    {"sampler"},
    {"tokenizer"},
    {"rotary angles"},
    {"key bias table", features::key_bias},
    {"residual"},
    {"gate"},
    {"up"},
    {"queries"},
    {"keys"},
    {"values"},
    {"attended"},
    {"attention input"},
    {"attention input int8"},
    {"attended int8"},
    {"attention output"},
    {"ffn input"},
    {"ffn input int8"},
    {"hidden int8"},
    {"ffn output"},
    {"logits input"},
    {"logits input int8"},
    {"attention workspaces"},
    {"lookup", features::speculation},
    {"draft session", features::speculation},
    {"sessions", features::pool},
    {"pool tables", features::pool},
    {"prefix windows", features::pool},
    {"logits tile", features::pool},
    {"branch pages", features::pool},
    {"branch tables", features::pool},
    {"recurrent inputs", features::recurrent},
    {"recurrent states", features::recurrent},
    {"accelerator", features::accelerator},
    {"grammar", features::grammar},
    {"token trie", features::grammar},
};
static_assert(std::size(section_list) == section_count);
static_assert(static_cast<std::uint32_t>(SectionId::token_trie) + 1 == section_count);

/// The name as the build has it.
constexpr std::string_view text_of(const SectionName& name) {
  return name.exists ? name.text : std::string_view();
}

constexpr std::size_t characters() {
  std::size_t count = 0;
  for (const SectionName& name : section_list) count += text_of(name).size() + 1;
  return count;
}

// Consecutive strings, each terminated with zero: an array of pointers would take as much flash as
// the text.
constexpr std::array section_names = [] {
  std::array<char, characters()> joined{};
  std::size_t end = 0;
  for (const SectionName& name : section_list) {
    for (const char c : text_of(name)) joined[end++] = c;
    ++end;
  }
  return joined;
}();

}  // namespace

const char* name_of(Stage stage) noexcept { return stage_names[static_cast<std::size_t>(stage)]; }

const char* name_of(SectionId section) noexcept {
  const char* name = section_names.data();
  for (auto before = static_cast<std::uint32_t>(section); before > 0; --before) {
    while (*name++ != '\0') {
    }
  }
  return name;
}

const Section* MemoryPlan::find(SectionId id) const noexcept {
  for (const Section& section : sections()) {
    if (section.id == id) return &section;
  }
  return nullptr;
}

Result<std::uint64_t> MemoryPlan::add(SectionId id, std::uint64_t bytes) noexcept {
  return place({.id = id, .permanent = true}, bytes);
}

Result<std::uint64_t> MemoryPlan::add(SectionId id, std::uint64_t bytes, Stage first,
                                      Stage last) noexcept {
  return place({.id = id, .first_stage = first, .last_stage = last}, bytes);
}

Result<std::uint64_t> MemoryPlan::place(Section section, std::uint64_t bytes) noexcept {
  if (find(section.id) != nullptr) {
    return Status(ErrorCode::invalid_argument, name_of(section.id), "already in the plan");
  }
  // With both below half of the address space, no sum below overflows.
  if (bytes > (std::uint64_t{1} << 62) || total_ > (std::uint64_t{1} << 62)) {
    return Status(ErrorCode::out_of_range, name_of(section.id), "larger than any address space");
  }
  section.bytes = aligned(bytes);
  // Each pass moves the candidate past one overlapping section; the offset only grows.
  for (bool moved = true; moved;) {
    moved = false;
    for (const Section& other : sections()) {
      const bool overlaps = section.offset < other.offset + other.bytes &&
                            other.offset < section.offset + section.bytes;
      if (overlaps && section.alive_with(other)) {
        section.offset = other.offset + other.bytes;
        moved = true;
      }
    }
  }
  sections_[count_++] = section;
  total_ = std::max(total_, section.offset + section.bytes);
  return section.offset;
}

}  // namespace ringlet
