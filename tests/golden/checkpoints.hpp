// Real checkpoints and what other programs computed with them, from the folder RINGLET_TEST_DATA.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "support/sessions.hpp"

// Says what is missing and ends the test where a file of the test data is absent.
#define RINGLET_NEEDS(path)                           \
  if (!std::filesystem::exists(test_data() / (path))) \
  GTEST_SKIP() << "SKIPPED: " << (test_data() / (path)).string() << " is absent"

// For what takes too long in an emulator or under a sanitizer.
#ifdef RINGLET_TESTS_ARE_SLOW
#define RINGLET_NEEDS_SPEED() \
  GTEST_SKIP() << "SKIPPED: too slow in an emulator or under a sanitizer"
#else
#define RINGLET_NEEDS_SPEED() static_cast<void>(0)
#endif

namespace ringlet::test {

inline std::filesystem::path test_data() { return RINGLET_TEST_DATA; }

/// A checkpoint of models/llama2c with its tokenizer, converted in memory.
LoadedModel load_checkpoint(const std::string& name, const std::string& tokenizer,
                            const convert::WriteOptions& options);

/// A GGUF file of stories3M, with its tokenizer, which those files do not have.
convert::SourceModel stories3m_gguf(const std::filesystem::path& path);

/// The converter's default for quantized sources if no format is given.
inline constexpr convert::WriteOptions as_stored = {.keep_codes = convert::all_classes};

/// A session that sees the whole trained context, unquantized or not, without sinks.
LiveSession whole_context(const Model& model, KvFormat kv);

/// A file of models/expected/llama2c with logits of every position of one sentence.
struct ExpectedLogits {
  std::vector<TokenId> ids;
  std::vector<double> values;  // ids.size() × vocabulary
};
ExpectedLogits expected_logits(const std::string& name, bool float64);

/// One line of a .gen.jsonl.
struct ExpectedText {
  std::vector<TokenId> prompt, ids;
  std::string prompt_text, text;
  double smallest_margin = 0;
};
std::vector<ExpectedText> expected_texts(const std::string& name);

/// The largest difference of a logit over all positions.
double worst_logit(Session& session, const ExpectedLogits& expected);

/// The root mean square of those differences.
double rms_logit(Session& session, const ExpectedLogits& expected);

/// The tokens of a text behind the begin-of-text token.
std::vector<TokenId> encode_story(const Model& model, std::string_view text);

/// −log of the probability that logits give a token.
double negative_log_likelihood(std::span<const float> logits, TokenId token);

/// Perplexity as llama.cpp's perplexity program with -c 256 measures it: the text is encoded as
/// one; of every whole chunk of 256 tokens the first is replaced by the beginning of text, and the
/// predictions of the second half, from position 128 on, are scored.
double chunked_perplexity(const Model& model, std::string_view text);

/// The first `count` tokens of the stories end to end, each from the begin-of-text token.
std::vector<TokenId> story_stream(const Model& model, std::size_t count);

/// Summed negative log-likelihood of the first `count` stories, each from the begin-of-text
/// token.
struct Likelihood {
  double nll = 0;
  std::uint64_t tokens = 0;
  [[nodiscard]] double mean() const { return nll / static_cast<double>(tokens); }
};
Likelihood story_likelihood(Session& session, std::size_t count);

}  // namespace ringlet::test
