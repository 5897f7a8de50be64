// Hugging Face folders: converted without quantization and decoded with an unquantized cache, they
// give the logits and greedy tokens of the float64 references beside the test data.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "golden/checkpoints.hpp"
#include "source/families.hpp"
#include "source/huggingface/huggingface.hpp"

namespace ringlet::test {
namespace {

struct Expected {
  std::vector<TokenId> ids;
  std::vector<float> logits;  // ids.size() × vocabulary
};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::filesystem::path expected_file(const std::string& name) {
  return test_data() / "models/expected/hf" / name;
}

Expected expected_logits_of(const std::string& name, const std::string& json_name) {
  const auto json = nlohmann::json::parse(read_file(expected_file(json_name)));
  const std::string bytes = read_file(expected_file(name + ".logits.f32"));
  Expected expected{json["ids"].get<std::vector<TokenId>>(), {}};
  expected.logits.resize(bytes.size() / sizeof(float));
  std::memcpy(expected.logits.data(), bytes.data(), bytes.size());
  return expected;
}

LoadedModel load_folder(const std::string& name, const convert::WriteOptions& options) {
  return LoadedModel(
      write_image(convert::import_huggingface(test_data() / "models/safetensors" / name), options));
}

/// The largest difference of a logit relative to the largest logit of its position.
double worst_relative(Session& session, const Expected& expected) {
  double worst = 0;
  std::size_t at = 0;
  for (const TokenId id : expected.ids) {
    EXPECT_TRUE(session.step(id).ok());
    const std::span<const float> logits = session.logits();
    double largest = 0;
    double difference = 0;
    for (const float logit : logits) {
      const double wanted = expected.logits.at(at++);
      largest = std::max(largest, std::fabs(wanted));
      difference = std::max(difference, std::fabs(static_cast<double>(logit) - wanted));
    }
    worst = std::max(worst, difference / largest);
  }
  EXPECT_EQ(at, expected.logits.size());
  return worst;
}

void expect_greedy(Session& session, std::span<const TokenId> prompt,
                   std::span<const TokenId> greedy) {
  session.reset();
  ASSERT_TRUE(session.prefill(prompt).ok());
  for (std::size_t i = 0; i < greedy.size(); ++i) {
    const std::span<const float> logits = session.logits();
    const auto best =
        static_cast<TokenId>(std::max_element(logits.begin(), logits.end()) - logits.begin());
    ASSERT_EQ(best, greedy[i]) << "at " << i;
    ASSERT_TRUE(session.step(best).ok());
  }
}

class TinyFolders : public testing::TestWithParam<const char*> {};

TEST_P(TinyFolders, GiveTheExpectedLogitsAndGreedyTokens) {
  const std::string name = GetParam();
  RINGLET_NEEDS("models/safetensors/" + name);
  const LoadedModel file = load_folder(name, all_f32);
  LiveSession live = whole_context(file.model, KvFormat::f32);
  const double worst = worst_relative(live.session, expected_logits_of(name, name + ".json"));
  std::printf("%s: largest difference %.2e of the largest logit\n", name.c_str(), worst);
  EXPECT_LT(worst, 1e-4);
  const auto json = nlohmann::json::parse(read_file(expected_file(name + ".json")));
  expect_greedy(live.session, json["greedy_prompt"].get<std::vector<TokenId>>(),
                json["greedy"].get<std::vector<TokenId>>());
}

INSTANTIATE_TEST_SUITE_P(Models, TinyFolders,
                         testing::Values("tiny_llama3", "tiny_mistral", "tiny_qwen3",
                                         "tiny_qwen3_sharded"),
                         [](const auto& instance) { return std::string(instance.param); });

/// Only some logits after the last token are known, in bf16, from mlx-lm.
TEST(TinyQwen35, GivesThePinnedLogits) {
  RINGLET_NEEDS("models/safetensors/tiny_qwen3_5");
  const LoadedModel file = load_folder("tiny_qwen3_5", all_f32);
  LiveSession live = whole_context(file.model, KvFormat::f32);
  const auto json = nlohmann::json::parse(read_file(expected_file("tiny_qwen3_5.json")));
  ASSERT_TRUE(live.session.prefill(json["ids"].get<std::vector<TokenId>>()).ok());
  const std::span<const float> logits = live.session.logits();
  const auto pinned = json["last_logits_first8"].get<std::vector<double>>();
  double worst = 0;
  for (std::size_t i = 0; i < pinned.size(); ++i) {
    worst = std::max(worst, std::fabs(static_cast<double>(logits[i]) - pinned[i]));
  }
  std::printf("tiny_qwen3_5: largest difference %.2e\n", worst);
  EXPECT_LT(worst, 4e-3) << "bf16 has eight bits";
  EXPECT_EQ(std::max_element(logits.begin(), logits.end()) - logits.begin(), json["argmax"]);
}

/// The logits after 60 tokens, which NumPy computed in double precision from the definition of
/// modeling_gemma4.py, without code of ours.
TEST(TinyGemma4, GivesTheLogitsOfNumPy) {
  RINGLET_NEEDS("models/safetensors/tiny_gemma4");
  constexpr double expected[] = {0.274693219,  -0.0468720176, 0.0696360102,  0.101541717,
                                 -0.150086456, 0.0284214829,  -0.0627897826, 0.083342835};
  const LoadedModel file = load_folder("tiny_gemma4", all_f32);
  LiveSession live = whole_context(file.model, KvFormat::f32);
  std::vector<TokenId> tokens;
  for (TokenId i = 0; i < 60; ++i) tokens.push_back((i * 37 + 11) % 256);
  ASSERT_TRUE(live.session.prefill(tokens).ok());
  const std::span<const float> logits = live.session.logits();
  double worst = 0;
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    worst = std::max(worst, std::fabs(static_cast<double>(logits[i]) - expected[i]));
  }
  std::printf("tiny_gemma4: largest difference %.2e\n", worst);
  EXPECT_LT(worst, 1e-5);
  EXPECT_EQ(std::max_element(logits.begin(), logits.end()) - logits.begin(), 49);
}

TEST(TinyStories656K, GivesTheExpectedLogitsAndGreedyTokens) {
  RINGLET_NEEDS("models/safetensors/TinyStories-656K");
  const LoadedModel file = load_folder("TinyStories-656K", all_f32);
  LiveSession live = whole_context(file.model, KvFormat::f32);
  const double worst = worst_relative(
      live.session, expected_logits_of("TinyStories-656K", "TinyStories-656K.logits.json"));
  std::printf("TinyStories-656K: largest difference %.2e of the largest logit\n", worst);
  EXPECT_LT(worst, 1e-4);
  const auto texts = nlohmann::json::parse(read_file(expected_file("TinyStories-656K.gen.json")));
  for (const auto& text : texts) {
    // Where the two best logits come closer than the implementations differ, either is right.
    if (text["min_top2_margin"].get<double>() < 1e-4) continue;
    expect_greedy(live.session, text["prompt_ids"].get<std::vector<TokenId>>(),
                  text["greedy"].get<std::vector<TokenId>>());
  }
}

// What ringlet-convert --families says of folders that others made and trained. GGUF files and
// llama2.c checkpoints are all of the family "llama", as TinyStories-656K is.
TEST(FamilyList, SaysWhichFoldersAreCompared) {
  const std::pair<const char*, char> folders[] = {{"tiny_llama3", 'F'}, {"tiny_mistral", 'F'},
                                                  {"tiny_qwen3", 'F'},  {"tiny_qwen3_5", 'F'},
                                                  {"tiny_gemma4", 'F'}, {"TinyStories-656K", 'C'}};
  std::set<std::pair<std::string, char>> compared;
  for (const auto& [name, letter] : folders) {
    const std::string config = std::string("models/safetensors/") + name + "/config.json";
    RINGLET_NEEDS(config);
    const auto json = nlohmann::json::parse(read_file(test_data() / config));
    compared.emplace(json.at("model_type"), letter);
  }
  for (const convert::KnownFamily& family : convert::known_families()) {
    const auto names = convert::family_names(family.model_types);
    for (const char letter : {'F', 'C'}) {
      const bool is_compared = std::ranges::any_of(names, [&, letter = letter](const auto& name) {
        return compared.contains({name, letter});
      });
      const bool says = std::string_view(family.proofs).find(letter) != std::string_view::npos;
      EXPECT_EQ(says, is_compared) << family.model_types << " " << letter;
    }
  }
}

}  // namespace
}  // namespace ringlet::test
