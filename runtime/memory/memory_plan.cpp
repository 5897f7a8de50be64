#include "ringlet/memory_plan.hpp"

#include <algorithm>
#include <iterator>

namespace ringlet {
namespace {

constexpr const char* stage_names[] = {"embed",    "attention norm", "q k v", "attend", "output",
                                       "ffn norm", "gate and up",    "down",  "logits"};
static_assert(std::size(stage_names) == stage_count);
static_assert(static_cast<std::uint32_t>(Stage::logits) + 1 == stage_count);

// Consecutive strings, each terminated with zero: an array of pointers would take as much flash as
// the text.
constexpr char section_names[] =
    "session\0"
    "cache layers\0"
    "sink keys\0"
    "sink values\0"
    "hot keys\0"
    "hot values\0"
    "cold keys\0"
    "cold values\0"
    "logits\0"
    "sampler\0"
    "tokenizer\0"
    "rotary angles\0"
    "key bias table\0"
    "residual\0"
    "gate\0"
    "up\0"
    "queries\0"
    "keys\0"
    "values\0"
    "attended\0"
    "attention input\0"
    "attention input int8\0"
    "attended int8\0"
    "attention output\0"
    "ffn input\0"
    "ffn input int8\0"
    "hidden int8\0"
    "ffn output\0"
    "logits input\0"
    "logits input int8\0"
    "attention workspaces\0"
    "lookup\0"
    "draft session\0"
    "sessions\0"
    "pool tables\0"
    "prefix windows\0"
    "logits tile\0"
    "branch pages\0"
    "branch tables\0"
    "recurrent inputs\0"
    "recurrent states\0"
    "accelerator\0"
    "grammar\0"
    "token trie";
static_assert(std::count(std::begin(section_names), std::end(section_names), '\0') ==
              section_count);
static_assert(static_cast<std::uint32_t>(SectionId::token_trie) + 1 == section_count);

}  // namespace

const char* name_of(Stage stage) noexcept { return stage_names[static_cast<std::size_t>(stage)]; }

const char* name_of(SectionId section) noexcept {
  const char* name = section_names;
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
