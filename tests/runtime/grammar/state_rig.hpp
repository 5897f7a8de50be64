// A model of byte tokens and some pieces, and states of grammars over it.
#pragma once

#include <gtest/gtest.h>

#include "ringlet/grammar_state.hpp"
#include "support/grammar_rig.hpp"
#include "support/pieces.hpp"
#include "support/vocabularies.hpp"

namespace ringlet::state_rig {

using test::GrammarRig;
using test::LoadedGrammar;
using test::RunTime;

/// A model of 256 byte tokens and some pieces.
struct Vocabulary {
  Vocabulary() {
    using Kind = convert::SourcePieceKind;
    tokenizer.pieces = test::special_and_byte_pieces();
    for (const char* piece : {"{\"", "room\"", "kitchen", "\"}", " the", "true", "nul"}) {
      tokenizer.pieces.push_back({piece, 0, Kind::normal});
    }
    tokenizer.bos = 1;
    tokenizer.eos = 2;
    tokenizer.unknown = 0;
  }

  convert::SourceTokenizer tokenizer;
};

inline const Model& model() {
  static const test::LoadedModel file(
      test::write_with_tokenizer(Vocabulary().tokenizer, test::all_f32));
  return file.model;
}

inline const TokenTrie& trie() {
  static const test::BuiltTrie built(model());
  return built.trie;
}

inline constexpr TokenId end = 2;
inline TokenId byte_token(char c) { return test::first_byte_token + static_cast<unsigned char>(c); }

/// Accepts a text byte by byte; returns what was accepted.
inline std::string accept(GrammarState& state, std::string_view text) {
  std::string accepted;
  for (const char c : text) {
    if (!state.accept(byte_token(c))) break;
    accepted += c;
  }
  return accepted;
}

struct Json : GrammarRig {
  explicit Json(GrammarOptions options = {})
      : GrammarRig(model(), trie(), file().grammar, {}, options) {
    EXPECT_TRUE(state.reset().ok());
  }
  static const LoadedGrammar& file() {
    static const LoadedGrammar grammar(test::json_grammar());
    return grammar;
  }
};

struct Lists : GrammarRig {
  explicit Lists(const RunTime& run_time = test::usual_run_time(), GrammarOptions options = {})
      : GrammarRig(model(), trie(), file().grammar, run_time, options) {}
  static const LoadedGrammar& file() {
    static const LoadedGrammar grammar(test::lists_grammar());
    return grammar;
  }
  std::string after_reset(std::string_view text) {
    EXPECT_TRUE(state.reset().ok());
    return accept(state, text);
  }
};

}  // namespace ringlet::state_rig
