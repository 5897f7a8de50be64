#include "golden/checkpoints.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "ringlet/linux/kernels.hpp"
#include "ringlet/tokenizer.hpp"
#include "source/gguf/gguf_import.hpp"
#include "source/llama2c/llama2c.hpp"
#include "tokenizer/llama2c_tokenizer.hpp"

namespace ringlet::test {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(path.string() + " cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

template <typename T>
std::vector<double> numbers(const std::string& bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  return {values.begin(), values.end()};
}

std::filesystem::path expected_file(const std::string& name) {
  return test_data() / "models/expected/llama2c" / name;
}

std::vector<std::string> stories(std::size_t count) {
  const std::string all = read_file(test_data() / "text/tinystories.txt");
  const std::string separator = "<|endoftext|>";
  std::vector<std::string> found;
  for (std::size_t at = 0; found.size() < count;) {
    const std::size_t end = all.find(separator, at);
    if (end == std::string::npos) break;
    std::string story = all.substr(at, end - at);
    const std::size_t first = story.find_first_not_of("\n ");
    const std::size_t last = story.find_last_not_of("\n ");
    if (first != std::string::npos) found.push_back(story.substr(first, last - first + 1));
    at = end + separator.size();
  }
  return found;
}

/// |logit − expected| at every position.
std::vector<double> differences(Session& session, const ExpectedLogits& expected) {
  session.reset();
  std::vector<double> all;
  for (const TokenId token : expected.ids) {
    const Status status = session.step(token);
    if (!status.ok()) throw std::runtime_error(line(status));
    for (const float logit : session.logits()) {
      all.push_back(std::fabs(static_cast<double>(logit) - expected.values.at(all.size())));
    }
  }
  if (all.size() != expected.values.size())
    throw std::runtime_error("another number of logits was expected");
  return all;
}

}  // namespace

LoadedModel load_checkpoint(const std::string& name, const std::string& tokenizer,
                            const convert::WriteOptions& options) {
  const std::filesystem::path folder = test_data() / "models/llama2c";
  convert::SourceModel source = convert::import_llama2c(folder / name).model;
  source.tokenizer =
      convert::import_llama2c_tokenizer(folder / tokenizer, source.architecture.vocab_size);
  return LoadedModel(write_image(source, options));
}

convert::SourceModel stories3m_gguf(const std::filesystem::path& path) {
  convert::SourceModel source = convert::import_gguf(path).model;
  source.tokenizer = convert::import_llama2c_tokenizer(test_data() / "models/llama2c/tok4096.bin",
                                                       source.architecture.vocab_size);
  return source;
}

LiveSession whole_context(const Model& model, KvFormat kv) {
  return LiveSession(model, {.context = 0, .sinks = 0, .kv = kv, .prefill_chunk = 16});
}

ExpectedLogits expected_logits(const std::string& name, bool float64) {
  const auto json = nlohmann::json::parse(read_file(expected_file(name + ".logits.json")));
  const std::string bytes =
      read_file(expected_file(name + (float64 ? ".logits.f64ref" : ".logits.f32")));
  return {json["ids"].get<std::vector<TokenId>>(),
          float64 ? numbers<double>(bytes) : numbers<float>(bytes)};
}

std::vector<ExpectedText> expected_texts(const std::string& name) {
  std::ifstream in(expected_file(name + ".gen.jsonl"));
  std::vector<ExpectedText> all;
  for (std::string text; std::getline(in, text);) {
    const auto json = nlohmann::json::parse(text);
    all.push_back({json["prompt_ids"].get<std::vector<TokenId>>(),
                   json["ids"].get<std::vector<TokenId>>(), json["prompt"], json["text"],
                   json["min_top2_margin"]});
  }
  return all;
}

double worst_logit(Session& session, const ExpectedLogits& expected) {
  double worst = 0;
  for (const double difference : differences(session, expected))
    worst = std::max(worst, difference);
  return worst;
}

double rms_logit(Session& session, const ExpectedLogits& expected) {
  const std::vector<double> all = differences(session, expected);
  double squares = 0;
  for (const double difference : all) squares += difference * difference;
  return std::sqrt(squares / static_cast<double>(all.size()));
}

std::vector<TokenId> encode_story(const Model& model, std::string_view text) {
  const auto tokenizer = *Tokenizer::open(model);
  AlignedBytes workspace(static_cast<std::size_t>(Tokenizer::workspace_bytes(1024)));
  std::vector<TokenId> ids = {tokenizer.bos()};
  std::vector<TokenId> some(256);
  for (bool beginning = true; !text.empty(); beginning = false) {
    const auto encoded = tokenizer.encode(text, beginning, workspace.span(), some);
    if (!encoded.ok()) throw std::runtime_error(line(encoded.status()));
    ids.insert(ids.end(), some.begin(),
               some.begin() + static_cast<std::ptrdiff_t>(encoded->tokens));
    text.remove_prefix(encoded->bytes);
  }
  return ids;
}

double negative_log_likelihood(std::span<const float> logits, TokenId token) {
  const double maximum = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(static_cast<double>(logit) - maximum);
  return std::log(sum) + maximum - static_cast<double>(logits[token]);
}

double chunked_perplexity(const Model& model, std::string_view text) {
  constexpr std::size_t chunk = 256;
  const std::vector<TokenId> ids = encode_story(model, text);
  LiveSession live(model, {.context = chunk, .sinks = 0, .kv = KvFormat::f32}, {},
                   port::find_kernels("auto"));
  double nll = 0;
  std::uint64_t scored = 0;
  for (std::size_t first = 0; first + chunk <= ids.size(); first += chunk) {
    live.session.reset();
    for (std::size_t i = 0; i + 1 < chunk; ++i) {
      const TokenId token = i == 0 ? ids[0] : ids[first + i];
      if (!live.session.step(token).ok()) throw std::runtime_error("a chunk could not be decoded");
      if (i < chunk / 2) continue;
      nll += negative_log_likelihood(live.session.logits(), ids[first + i + 1]);
      ++scored;
    }
  }
  return std::exp(nll / static_cast<double>(scored));
}

std::vector<TokenId> story_stream(const Model& model, std::size_t count) {
  std::vector<TokenId> all;
  for (const std::string& story : stories(count)) {  // more than enough
    const std::vector<TokenId> ids = encode_story(model, story);
    all.insert(all.end(), ids.begin(), ids.end());
    if (all.size() > count) break;
  }
  all.resize(std::min(all.size(), count));
  return all;
}

Likelihood story_likelihood(Session& session, std::size_t count) {
  Likelihood result;
  const std::size_t longest = session.model().architecture().trained_context;
  for (const std::string& story : stories(count)) {
    std::vector<TokenId> ids = encode_story(session.model(), story);
    ids.resize(std::min(ids.size(), longest));
    session.reset();
    for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
      if (!session.step(ids[i]).ok()) throw std::runtime_error("a story could not be decoded");
      result.nll += negative_log_likelihood(session.logits(), ids[i + 1]);
      ++result.tokens;
    }
  }
  return result;
}

}  // namespace ringlet::test
