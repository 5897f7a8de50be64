#include "grammar/grammar_file.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <optional>

#include "common/errors.hpp"
#include "grammar/with_spaces.hpp"
#include "ringlet/grammar.hpp"
#include "schema/grammar_generated.h"
#include "schema/words_generated.h"

namespace ringlet::grammar {
namespace {

constexpr std::size_t most_states = 65535;
constexpr std::uint8_t returns_flag = 4;
constexpr std::uint8_t whole_words_flag = 8;
constexpr std::uint8_t plain_loop_flag = 16;
constexpr std::uint8_t spaced_flag = 32;

/// CRC32C, bit by bit: the runtime's own is no part of its interface.
std::uint32_t checksum_of(const std::vector<std::byte>& bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const std::byte byte : bytes) {
    crc ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82F63B78U : 0U);
  }
  return ~crc;
}

/// Size, FlatBuffer, checksum.
std::vector<std::byte> in_envelope(const flatbuffers::FlatBufferBuilder& builder) {
  std::vector<std::byte> file(builder.GetSize());
  std::memcpy(file.data(), builder.GetBufferPointer(), file.size());
  const std::uint32_t checksum = checksum_of(file);
  const auto at = file.size();
  file.resize(at + sizeof(checksum));
  std::memcpy(file.data() + at, &checksum, sizeof(checksum));
  return file;
}

/// Whether a file has an identifier where in_envelope() leaves it.
bool has_identifier(std::string_view bytes, const char* identifier) {
  constexpr std::size_t end =
      2 * sizeof(flatbuffers::uoffset_t) + flatbuffers::kFileIdentifierLength;
  return bytes.size() >= end && flatbuffers::BufferHasIdentifier(bytes.data(), identifier, true);
}

/// The state to which a byte leads without a push.
std::optional<std::uint32_t> step(const State& state, unsigned byte) {
  for (const Edge& edge : state.edges) {
    if (byte < edge.first || byte > edge.last) continue;
    if (edge.pushes.empty()) return edge.target;
  }
  return std::nullopt;
}

/// The only state to which the bytes from `first` to `last` lead.
std::optional<std::uint32_t> only_target(const Automaton& automaton,
                                         std::optional<std::uint32_t> from, unsigned first,
                                         unsigned last) {
  if (!from || automaton.states[*from].kind != StateKind::bytes) return std::nullopt;
  const auto target = step(automaton.states[*from], first);
  for (unsigned byte = first; byte <= last; ++byte) {
    if (step(automaton.states[*from], byte) != target) return std::nullopt;
  }
  return target;
}

/// Whether every character from U+0020 without quote and backslash leads back to this state.
bool is_plain_loop(const Automaton& automaton, std::uint32_t index) {
  for (const unsigned byte : {0x21U, 0x5BU, 0x7FU}) {
    const unsigned first = byte == 0x21U ? 0x20U : (byte == 0x5BU ? 0x23U : 0x5DU);
    if (only_target(automaton, index, first, byte) != index) return false;
  }
  struct Lead {
    unsigned first, last, second_first, second_last, more;
  };
  // Unicode 15, table 3-7.
  constexpr std::array<Lead, 8> leads{{{0xC2, 0xDF, 0x80, 0xBF, 0},
                                       {0xE0, 0xE0, 0xA0, 0xBF, 1},
                                       {0xE1, 0xEC, 0x80, 0xBF, 1},
                                       {0xED, 0xED, 0x80, 0x9F, 1},
                                       {0xEE, 0xEF, 0x80, 0xBF, 1},
                                       {0xF0, 0xF0, 0x90, 0xBF, 2},
                                       {0xF1, 0xF3, 0x80, 0xBF, 2},
                                       {0xF4, 0xF4, 0x80, 0x8F, 2}}};
  return std::all_of(leads.begin(), leads.end(), [&](const Lead& lead) {
    auto at = only_target(automaton, index, lead.first, lead.last);
    at = only_target(automaton, at, lead.second_first, lead.second_last);
    for (unsigned i = 0; i < lead.more; ++i) at = only_target(automaton, at, 0x80, 0xBF);
    return at == index;
  });
}

/// The tables of schema/grammar.fbs, while they grow.
class Tables {
 public:
  void add(const Automaton& automaton, std::uint32_t index) {
    const State& state = automaton.states[index];
    auto flags = static_cast<std::uint8_t>(state.kind);
    if (state.kind == StateKind::bytes) {
      for (const Edge& edge : state.edges) add_edge(edge.first | edge.last << 8, edge);
      if (state.returns) flags |= returns_flag;
      if (is_plain_loop(automaton, index)) flags |= plain_loop_flag;
    } else {
      const bool is_list = state.kind == StateKind::list;
      add_edge(is_list ? static_cast<int>(state.list) : 0, {.target = state.next});
      if (state.whole_words && !is_list) flags |= whole_words_flag;
      if (state.spaced) flags |= spaced_flag;
    }
    states_.push_back(flags);
    edge_ends_.push_back(static_cast<std::uint32_t>(ranges_.size()));
  }

  std::vector<std::byte> write(const Automaton& automaton) {
    std::vector<std::uint8_t> names;
    std::vector<std::uint16_t> name_ends;
    for (const std::string& name : automaton.lists) {
      names.insert(names.end(), name.begin(), name.end());
      if (names.size() > 65535) common::fail("grammar: the names of its lists are too long");
      name_ends.push_back(static_cast<std::uint16_t>(names.size()));
    }
    flatbuffers::FlatBufferBuilder builder;
    const auto vectors = [&builder](const auto& numbers) { return builder.CreateVector(numbers); };
    const auto states = vectors(states_);
    const auto edge_ends = vectors(edge_ends_);
    const auto ranges = vectors(ranges_);
    const auto targets = vectors(targets_);
    const auto edge_pushes = vectors(edge_pushes_);
    const auto push_ends = vectors(push_ends_);
    const auto pushes = vectors(pushes_);
    const auto list_names = vectors(names);
    const auto list_name_ends = vectors(name_ends);
    schema::FinishSizePrefixedGrammarBuffer(
        builder,
        schema::CreateGrammar(builder, 1, automaton.depth, states, edge_ends, ranges, targets,
                              edge_pushes, push_ends, pushes, list_names, list_name_ends));
    return in_envelope(builder);
  }

 private:
  void add_edge(int range, const Edge& edge) {
    if (edge.target >= most_states) common::fail("grammar: an edge leads to no state");
    ranges_.push_back(static_cast<std::uint16_t>(range));
    targets_.push_back(static_cast<std::uint16_t>(edge.target));
    edge_pushes_.push_back(number_of(edge.pushes));
  }

  /// The number of what an edge pushes; equal ones are written once.
  std::uint16_t number_of(const std::vector<std::uint32_t>& pushes) {
    if (pushes.empty()) return 0;
    const auto [entry, is_new] =
        push_numbers_.try_emplace(pushes, static_cast<std::uint16_t>(push_ends_.size() + 1));
    if (!is_new) return entry->second;
    for (const std::uint32_t state : pushes) {
      if (state >= most_states) common::fail("grammar: an edge pushes no state");
      pushes_.push_back(static_cast<std::uint16_t>(state));
    }
    if (pushes_.size() > 65535) common::fail("grammar: too many different returns");
    push_ends_.push_back(static_cast<std::uint16_t>(pushes_.size()));
    return entry->second;
  }

  std::vector<std::uint8_t> states_;
  std::vector<std::uint32_t> edge_ends_;
  std::vector<std::uint16_t> ranges_, targets_, edge_pushes_, push_ends_, pushes_;
  std::map<std::vector<std::uint32_t>, std::uint16_t> push_numbers_;
};

/// The runtime has the last word about what it accepts.
template <typename File>
std::vector<std::byte> checked(const char* what, std::vector<std::byte> file) {
  port::check(what, File::open(file).status());
  return file;
}

}  // namespace

std::vector<std::byte> write_grammar(const Automaton& of_texts) {
  const Automaton automaton = with_spaces(of_texts);
  if (automaton.states.size() > most_states) {
    common::fail("grammar: ", automaton.states.size(), " states are more than the ", most_states,
                 " of a file; simplify it, or lower its repetitions");
  }
  Tables tables;
  for (std::uint32_t i = 0; i < automaton.states.size(); ++i) tables.add(automaton, i);
  return checked<Grammar>("grammar", tables.write(automaton));
}

std::vector<std::byte> write_words(const std::vector<NamedWords>& lists) {
  std::vector<std::uint8_t> names, text;
  std::vector<std::uint32_t> name_ends, list_ends, word_ends;
  for (const NamedWords& list : lists) {
    for (const NamedWords& other : lists) {
      if (&other != &list && other.name == list.name) {
        common::fail("words: two lists have the name '", list.name, "'");
      }
    }
    names.insert(names.end(), list.name.begin(), list.name.end());
    name_ends.push_back(static_cast<std::uint32_t>(names.size()));
    std::vector<std::string> words = list.words;
    // std::string compares unsigned bytes.
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    for (const std::string& word : words) {
      text.insert(text.end(), word.begin(), word.end());
      word_ends.push_back(static_cast<std::uint32_t>(text.size()));
    }
    list_ends.push_back(static_cast<std::uint32_t>(word_ends.size()));
  }
  flatbuffers::FlatBufferBuilder builder;
  const auto names_at = builder.CreateVector(names);
  const auto name_ends_at = builder.CreateVector(name_ends);
  const auto list_ends_at = builder.CreateVector(list_ends);
  const auto text_at = builder.CreateVector(text);
  const auto word_ends_at = builder.CreateVector(word_ends);
  schema::FinishSizePrefixedWordListsBuffer(
      builder, schema::CreateWordLists(builder, 1, names_at, name_ends_at, list_ends_at, text_at,
                                       word_ends_at));
  return checked<WordLists>("words", in_envelope(builder));
}

bool is_grammar_file(std::string_view bytes) {
  return has_identifier(bytes, schema::GrammarIdentifier());
}

bool is_words_file(std::string_view bytes) {
  return has_identifier(bytes, schema::WordListsIdentifier());
}

}  // namespace ringlet::grammar
