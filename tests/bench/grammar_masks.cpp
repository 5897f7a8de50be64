// What a mask of a grammar costs, over the published vocabularies of RINGLET_TEST_DATA: the mean
// and the worst CPU time of one thread, in microseconds, over all tokens of JSON documents, within
// strings and elsewhere, and the memory of trie and state.
//
//   ringlet_grammar_masks
//   ringlet_grammar_masks GRAMMAR TEXT [NAME=WORDS…] [--span FILE]
//
// The first form is that of any JSON and of the documents below; the second that of a compiled
// grammar, a file with a text of it, files with a word of a list on each line, and the text of
// spans.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "cpu_clock.hpp"
#include "grammar/token_trie.hpp"
#include "ringlet/grammar_state.hpp"
#include "ringlet/linux/failure.hpp"
#include "support/grammar_rig.hpp"
#include "support/text_vocabulary.hpp"

namespace ringlet::test {
namespace {

constexpr const char* documents[] = {
    R"({"name": "Ada Lovelace", "born": 1815, "died": 1852, "known for": ["notes on the engine", "numbers"]})",
    R"({"type":"function","function":{"name":"set_timer","arguments":{"minutes":12.5,"label":"the eggs, soft"}}})",
    R"([{"id": 1, "text": "Um dois três quatro", "ok": true}, {"id": 2, "text": "日本語のテキスト", "ok": null}])",
    R"({"answer": "She said \"no\" and left.\nNobody\tasked why.", "sure": 0.75, "tags": [], "more": {}})"};

std::string contents(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "ringlet_grammar_masks: cannot read %s\n", path);
    std::exit(2);
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<TokenId> tokens_of_text(const Tokenizer& tokenizer, std::string_view text) {
  AlignedBytes workspace(static_cast<std::size_t>(
      Tokenizer::workspace_bytes(static_cast<std::uint32_t>(text.size()))));
  std::vector<TokenId> tokens(text.size() + 2);
  const auto done = tokenizer.encode(text, true, workspace.span(), tokens);
  tokens.resize(done.ok() ? done->tokens : 0);
  return tokens;
}

/// Times of masks, each the least of several.
struct Times {
  double sum = 0;
  double worst = 0;
  std::size_t count = 0;

  void add(double microseconds) {
    sum += microseconds;
    worst = std::max(worst, microseconds);
    ++count;
  }
  void print(const char* where) const {
    std::printf("  %-12s %5zu masks, mean %8.1f, worst %8.1f µs\n", where, count,
                count == 0 ? 0 : sum / static_cast<double>(count), worst);
  }
};

double time_of_mask(GrammarState& state) {
  double best = 1e9;
  for (int i = 0; i < 15; ++i) {
    const double start = cpu_seconds();
    (void)state.mask();
    best = std::min(best, 1e6 * (cpu_seconds() - start));
  }
  return best;
}

/// What is measured.
struct Case {
  Grammar grammar;
  std::vector<std::string> texts;
  RunTime run_time{};
};

void measure(const TextVocabulary& vocabulary, const Case& measured) {
  const auto& [grammar, texts, run_time] = measured;
  const double start = cpu_seconds();
  const BuiltTrie trie(vocabulary.model());
  const double built = cpu_seconds() - start;
  GrammarRig rig(vocabulary.model(), trie.trie, grammar, run_time);
  Times all;
  Times wide;  // where more than a tenth of the vocabulary is allowed
  std::size_t refused = 0;
  std::size_t allowed = 0;  // in all masks together, to compare them with another program's
  for (const std::string& text : texts) {
    if (!rig.state.reset(true).ok()) continue;
    for (const TokenId token : tokens_of_text(trie.trie.tokenizer(), text)) {
      const double time = time_of_mask(rig.state);
      all.add(time);
      const std::size_t tokens = tokens_of(rig.state.mask()).size();
      allowed += tokens;
      if (tokens * 10 > trie.trie.vocab_size()) wide.add(time);
      if (rig.state.accept(token)) continue;
      ++refused;
      break;
    }
  }
  const TrieLayout layout(trie.words.data(), trie.trie.vocab_size());
  std::printf(
      "%s: %u tokens; trie %.2f MB (%u plain nodes, %u others), built and checked in %.0f ms; "
      "state %llu bytes\n",
      vocabulary.name.c_str(), trie.trie.vocab_size(),
      4e-6 * static_cast<double>(trie.words.size()), layout.plain.count, layout.rest.count,
      1e3 * built,
      static_cast<unsigned long long>(GrammarState::workspace_bytes(
          vocabulary.model(), grammar,
          {.span_bytes = static_cast<std::uint32_t>(run_time.span.size())})));
  all.print("all");
  wide.print("wide ones");
  std::printf("  %zu tokens allowed in all\n", allowed);
  if (refused > 0) std::printf("  %zu texts are not of the grammar\n", refused);
}

/// NAME=WORDS for each list, and --span FILE.
RunTime run_time_of(std::span<char*> words) {
  RunTime found;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string word = words[i];
    if (word == "--span" && i + 1 < words.size()) {
      found.span = contents(words[++i]);
      continue;
    }
    std::istringstream lines(contents(word.substr(word.find('=') + 1).c_str()));
    std::vector<std::string>& list = found.lists[word.substr(0, word.find('='))];
    for (std::string line; std::getline(lines, line);) list.push_back(line);
  }
  return found;
}

int run(int argc, char** argv) {
  setenv("RINGLET_ALL_VOCABULARIES", "1", 1);
  const LoadedGrammar json(json_grammar());
  AlignedBytes file;
  Case measured{json.grammar, {std::begin(documents), std::end(documents)}};
  if (argc >= 3) {
    const std::string bytes = contents(argv[1]);
    file = AlignedBytes(std::as_bytes(std::span(bytes.data(), bytes.size())));
    measured = {port::value_of(argv[1], Grammar::open(file.span())),
                {contents(argv[2])},
                run_time_of(std::span(argv + 3, static_cast<std::size_t>(argc - 3)))};
  }
  for (std::size_t i = 0; i < text_vocabulary_count(); ++i) {
    const TextVocabulary* vocabulary = text_vocabulary(i);
    if (vocabulary == nullptr || vocabulary->model().architecture().vocab_size < 4096) continue;
    measure(*vocabulary, measured);
  }
  return 0;
}

}  // namespace
}  // namespace ringlet::test

int main(int argc, char** argv) { return ringlet::test::run(argc, argv); }
