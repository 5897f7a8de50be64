// ringlet perplexity: how well a model predicts a text.
#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "command.hpp"
#include "failure.hpp"
#include "options.hpp"
#include "ringlet/tokenizer.hpp"
#include "terminal.hpp"
#include "values.hpp"

namespace ringlet::cli {
namespace {

constexpr std::uint32_t most_text_tokens = 1U << 30;

struct PerplexityOptions {
  std::string model;
  std::string file;
  std::string separator = "<|endoftext|>";
  SessionOptions session;
  std::uint32_t text_tokens = most_text_tokens;
  bool stream = false;
  bool json = false;
  bool no_color = false;
};

/// Sums over all predictions.
struct Score {
  double nll = 0;  // negative log-likelihood, nats
  std::uint64_t tokens = 0;
  std::uint64_t texts = 0;

  [[nodiscard]] double perplexity() const { return std::exp(nll / static_cast<double>(tokens)); }
};

/// −ln of the probability that the logits give a token, in double precision.
double surprise(std::span<const float> logits, TokenId token) {
  const float highest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(double{logit} - double{highest});
  return std::log(sum) + double{highest} - double{logits[token]};
}

/// "\n" and "\t" as people write them in a shell.
std::string unescape(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    if (next == 'n' || next == 't') {
      result += next == 'n' ? '\n' : '\t';
      ++i;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> texts;
  while (!text.empty()) {
    const std::size_t end = separator.empty() ? std::string_view::npos : text.find(separator);
    std::string_view part = text.substr(0, end);
    text = end == std::string_view::npos ? "" : text.substr(end + separator.size());
    while (part.starts_with('\n')) part.remove_prefix(1);
    while (part.ends_with('\n')) part.remove_suffix(1);
    if (!part.empty()) texts.push_back(part);
  }
  return texts;
}

std::vector<TokenId> encode(const Tokenizer& tokenizer, std::string_view text, Session& session,
                            const std::string& model) {
  std::vector<TokenId> tokens(text.size() + 2);
  std::size_t count = 0;
  if (tokenizer.adds_bos()) tokens[count++] = tokenizer.bos();
  for (std::size_t done = 0; done < text.size();) {
    const Result<Encoded> encoded =
        tokenizer.encode(text.substr(done), done == 0, session.tokenizer_workspace(),
                         std::span(tokens).subspan(count));
    if (!encoded.ok()) throw setting_failure(model, encoded.status());
    count += encoded->tokens;
    done += encoded->bytes;
  }
  tokens.resize(count);
  return tokens;
}

/// Feeds the tokens one by one and scores each that follows another.
void score(Session& session, std::span<const TokenId> tokens, const std::string& model,
           Score& total) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!session.logits().empty()) {
      total.nll += surprise(session.logits(), tokens[i]);
      ++total.tokens;
    }
    if (const Status status = session.step(tokens[i]); !status.ok()) {
      throw port::failure_of(model, status);
    }
  }
  ++total.texts;
}

int report(const PerplexityOptions& options, const LoadedModel& model, const Session& session,
           const Score& total) {
  if (options.json) {
    const nlohmann::ordered_json document = {{"model", model.name()},
                                             {"perplexity", total.perplexity()},
                                             {"nll", total.nll},
                                             {"tokens", total.tokens},
                                             {"texts", total.texts},
                                             {"context", session.config().context},
                                             {"sinks", session.config().sinks},
                                             {"kv", describe_kv(model.model, session.config())},
                                             {"stream", options.stream}};
    print(document.dump(2) + "\n");
    return exit_success;
  }
  print(format("perplexity %.4f", total.perplexity()) + " over " + with_commas(total.tokens) +
        " tokens of " + with_commas(total.texts) + " texts (context " +
        std::to_string(session.config().context) + ", kv " +
        describe_kv(model.model, session.config()) + (options.stream ? ", one stream" : "") +
        ")\n");
  return exit_success;
}

int execute(const PerplexityOptions& options) {
  const LoadedModel model = load_model(options.model);
  const Result<Tokenizer> tokenizer = Tokenizer::open(model.model);
  if (!tokenizer.ok()) throw port::failure_of(model.path, tokenizer.status());
  const std::string content = read_text(options.file);
  const std::vector<std::string_view> texts = split(content, unescape(options.separator));
  LoadedSession loaded = make_session(model, options.session);

  port::ProgressBar bar("perplexity", !options.json);
  Score total;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (!options.stream) loaded.session.reset();
    const std::vector<TokenId> tokens = encode(*tokenizer, texts[i], loaded.session, model.path);
    const std::size_t most = std::size_t{options.text_tokens} + 1;
    score(loaded.session, std::span(tokens).first(std::min(tokens.size(), most)), model.path,
          total);
    bar.update(i + 1, texts.size());
  }
  bar.clear();
  if (total.tokens == 0) throw port::Failure(options.file + ": has no token to predict");
  return report(options, model, loaded.session, total);
}

}  // namespace

Command add_perplexity(CLI::App& program) {
  const auto options = std::make_shared<PerplexityOptions>();
  CLI::App* app =
      program.add_subcommand("perplexity", "Measure how well the model predicts a text");
  add_model(*app, options->model);
  app->add_option("-f,--file", options->file, "The text; - reads standard input")
      ->type_name("FILE")
      ->required();
  app->add_option("--separator", options->separator,
                  "What stands between two texts, \\n for a newline (default: <|endoftext|>)")
      ->type_name("TEXT");
  add_size(*app, "--text-tokens", options->text_tokens, {1, most_text_tokens},
           "Predictions of each text (default: all)");
  app->add_flag("--stream", options->stream,
                "Go through all texts in one session, as an endless story does");
  app->add_flag("--json", options->json, "Print JSON");
  add_memory_options(*app, options->session);
  add_speed_options(*app, options->session);
  app->footer(
      "Every text begins a new session with the token that begins texts, and every token after it\n"
      "is predicted, beyond the context too: the ring goes on. The result is e to the mean "
      "negative\n"
      "log-likelihood of a token, so it compares models with the same tokenizer only.\n\n"
      "Examples:\n"
      "  ringlet perplexity stories.ringlet -f heldout.txt\n"
      "  ringlet perplexity stories.ringlet -f heldout.txt --separator '\\n\\n' --stream --context "
      "128");
  return {app, [options] { return execute(*options); }};
}

}  // namespace ringlet::cli
