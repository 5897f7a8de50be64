// ringlet perplexity: measures how well a model predicts a text.
#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "command.hpp"
#include "common/file_argument.hpp"
#include "common/progress_bar.hpp"
#include "encode_text.hpp"
#include "options.hpp"
#include "parse_values.hpp"
#include "perplexity_report.hpp"
#include "perplexity_score.hpp"
#include "prefill_choice.hpp"
#include "ringlet/linux/failure.hpp"
#include "ringlet/tokenizer.hpp"

namespace ringlet::cli {
namespace {

constexpr std::uint32_t most_text_tokens = 1U << 30;

struct PerplexityOptions {
  std::string model;
  std::string against;  // a model to compare with, for example the unquantized one
  std::string file;
  std::string separator = "<|endoftext|>";
  SessionOptions session;
  std::vector<std::string> kv;  // several formats are compared with the unquantized cache
  std::uint32_t text_tokens = most_text_tokens;
  std::uint32_t chunk = 0;   // tokens per window; 0: texts are not divided
  std::uint32_t stride = 0;  // tokens from one window to the next; 0: the chunk
  bool stream = false;
  bool json = false;
  bool no_color = false;
};

/// Replaces "\n" and "\t" as typed in a shell.
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

std::vector<TokenId> encode(const Tokenizer& tokenizer, std::string_view text,
                            const std::string& model) {
  std::vector<TokenId> tokens;
  if (tokenizer.adds_bos()) tokens.push_back(tokenizer.bos());
  const Status status = port::encode_text(tokenizer, text, tokens);
  if (!status.ok()) throw port::failure_of(model, status);
  return tokens;
}

/// The tokens of all texts, and their division into sessions.
struct Plan {
  std::vector<std::vector<TokenId>> texts;
  std::vector<TokenId> storage;  // tokens of windows that are not whole texts
  std::vector<Window> windows;
};

/// One session per text, or one for all.
void plan_texts(const PerplexityOptions& options, Plan& plan) {
  for (std::size_t i = 0; i < plan.texts.size(); ++i) {
    const std::vector<TokenId>& tokens = plan.texts[i];
    const std::size_t most = std::size_t{options.text_tokens} + 1;
    const auto taken = std::span(tokens).first(std::min(tokens.size(), most));
    const bool continues = options.stream && i > 0;
    plan.windows.push_back({taken, continues ? std::size_t{0} : std::size_t{1}, continues});
  }
}

/// Concatenates all texts and divides them into windows of one length.
void plan_chunks(const PerplexityOptions& options, const Tokenizer& tokenizer, Plan& plan) {
  std::vector<TokenId> all;
  const std::size_t lead = tokenizer.adds_bos() ? 1 : 0;
  for (const std::vector<TokenId>& text : plan.texts) {
    all.insert(all.end(), text.begin() + static_cast<std::ptrdiff_t>(lead), text.end());
  }
  const TokenId bos = lead != 0 ? tokenizer.bos() : 0;
  const std::uint32_t stride =
      options.stride == 0 ? options.chunk - static_cast<std::uint32_t>(lead) : options.stride;
  plan.windows =
      strided_windows(all, options.chunk, stride, plan.storage, lead != 0 ? &bos : nullptr);
}

std::uint64_t count_tokens(std::span<const Window> windows) {
  std::uint64_t count = 0;
  for (const Window& window : windows) count += window.tokens.size();
  return count;
}

/// The formats to measure. If there are several, the unquantized one comes first.
std::vector<std::string> formats_of(const PerplexityOptions& options) {
  std::vector<std::string> formats = options.kv;
  if (formats.empty()) return {""};
  const auto reference = std::find(formats.begin(), formats.end(), "f32");
  if (formats.size() > 1 || reference != formats.end()) {
    if (reference != formats.end()) formats.erase(reference);
    formats.insert(formats.begin(), "f32");
  }
  return formats;
}

void check_usage(const PerplexityOptions& options, const Tokenizer& tokenizer) {
  if (options.stride > 0 && options.chunk == 0) throw UsageError("--stride goes with --chunk");
  if (options.chunk > 0 && options.stream)
    throw UsageError("--chunk and --stream exclude each other");
  const std::uint32_t most = options.chunk - (tokenizer.adds_bos() ? 1 : 0);
  if (options.chunk > 0 && options.stride > most) {
    throw UsageError("--stride " + std::to_string(options.stride) +
                     " leaves tokens out; it can be up to " + std::to_string(most));
  }
}

/// The reference reads the tokens of the model.
void check_vocabularies(const LoadedModel& model, const LoadedModel& reference) {
  const std::uint32_t needed = model.model.architecture().vocab_size;
  const std::uint32_t given = reference.model.architecture().vocab_size;
  if (given == needed) return;
  throw port::Failure(reference.path + ": has " + std::to_string(given) + " tokens, but " +
                      model.path + " has " + std::to_string(needed) +
                      "; --against needs a model with the same tokenizer");
}

int execute(const PerplexityOptions& options) {
  const LoadedModel model = load_model(options.model);
  const Tokenizer tokenizer = open_tokenizer(model);
  check_usage(options, tokenizer);
  const std::string content = read_text(options.file);

  std::optional<LoadedModel> reference;
  std::vector<LoadedSession> loaded;
  std::vector<Session> sessions;
  if (!options.against.empty()) {
    reference.emplace(load_model(options.against));
    check_vocabularies(model, *reference);
    SessionOptions exact = options.session;
    exact.kv = "f32";
    loaded.push_back(make_session(*reference, exact));
    sessions.push_back(loaded.back().session);
  }
  for (const std::string& kv : formats_of(options)) {
    SessionOptions choice = options.session;
    choice.kv = kv;
    loaded.push_back(make_session(model, choice));
    sessions.push_back(loaded.back().session);
  }
  Plan plan;
  for (const std::string_view text : split(content, unescape(options.separator))) {
    plan.texts.push_back(encode(tokenizer, text, model.path));
  }
  if (options.chunk > 0) {
    plan_chunks(options, tokenizer, plan);
  } else {
    plan_texts(options, plan);
  }

  common::ProgressBar bar("perplexity", !options.json);
  std::vector<Score> scores(sessions.size());
  const std::uint64_t total = count_tokens(plan.windows);
  const Status status = score_windows(sessions, plan.windows, scores,
                                      [&](std::uint64_t done) { bar.update(done, total); });
  bar.clear();
  if (!status.ok()) throw port::failure_of(model.path, status);
  if (scores[0].tokens == 0)
    throw port::Failure(name_of_input(options.file) + ": has no token to predict");
  std::vector<Measured> results;
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    const bool is_reference = reference.has_value() && i == 0;
    const std::string kv =
        is_reference ? "reference" : describe_kv(model.model, sessions[i].config());
    results.push_back({kv, bytes_per_token(sessions[i]), scores[i]});
  }
  const Protocol protocol{plan.texts.size(), options.stream, options.chunk, options.stride};
  const Config& config = sessions[0].config();
  print(options.json ? perplexity_json(model.name(), config, protocol, results)
                     : perplexity_text(config, protocol, results));
  return exit_success;
}

}  // namespace

Command add_perplexity(CLI::App& program) {
  const auto options = std::make_shared<PerplexityOptions>();
  CLI::App* app = program.add_subcommand("perplexity", "Measure how well a model predicts a text");
  add_model(*app, options->model);
  add_file(*app, "-f,--file", options->file, "Text file; - reads standard input.")->required();
  app->add_option("--separator", options->separator,
                  "Separator between texts; \\n is a newline (default: <|endoftext|>).")
      ->type_name("TEXT");
  add_count(*app, "--text-tokens", options->text_tokens, {1, most_text_tokens},
            "Predictions per text (default: all).");
  app->add_option("--against", options->against,
                  "Compare with the predictions of this model, which has the same tokenizer: the "
                  "mean KL\ndivergence from it, and its standard error.")
      ->type_name("MODEL")
      ->check(common::check_file_name, "", "");
  app->add_flag("--stream", options->stream,
                "Score all texts in one session, as one endless text.");
  app->add_flag("--json", options->json, "Print JSON.");
  add_count(*app, "--chunk", options->chunk, {2, most_text_tokens},
            "Join all texts and score windows of N tokens, each in a new session.");
  add_count(*app, "--stride", options->stride, {1, most_text_tokens},
            "Start a window every N tokens and score each token once (default: --chunk).");
  add_memory_options(*app, options->session, &options->kv);
  add_speed_options(*app, options->session);
  add_prefill_option(*app, options->session);
  app->footer(
      "Perplexity is exp(mean negative log-likelihood of a token), so only models with the same\n"
      "tokenizer can be compared. Each text is scored in a new session that starts with the\n"
      "begin-of-text token. A text can be longer than the context: the ring wraps.\n\n"
      "With several formats in --kv, each is compared with an unquantized cache: the mean KL\n"
      "divergence of the predictions in nats, and how often the most likely token is the same. "
      "The\n"
      "standard error is that over texts, or chunks.\n\n"
      "Examples:\n"
      "  ringlet perplexity stories.ringlet -f heldout.txt\n"
      "  ringlet perplexity int4.ringlet -f heldout.txt --against f32.ringlet\n"
      "  ringlet perplexity stories.ringlet -f heldout.txt --separator '\\n\\n' --stream --context "
      "128\n"
      "  ringlet perplexity stories.ringlet -f heldout.txt --chunk 512 --kv int8,k8v4,int4");
  return {app, [options] { return execute(*options); }};
}

}  // namespace ringlet::cli
