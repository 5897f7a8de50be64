#include "draft_comparison.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "bench_session.hpp"
#include "continuation.hpp"
#include "growing_encoder.hpp"
#include "parse_values.hpp"
#include "ringlet/linux/failure.hpp"

namespace ringlet::cli {
namespace {

using TokenList = std::vector<TokenId>;

// Without a tokenizer.
constexpr std::uint32_t prompt_without_text = 16;

TokenList encode_prompt(const LoadedModel& model, std::string_view text) {
  const Result<Tokenizer> tokenizer = Tokenizer::open(model.model);
  if (!tokenizer.ok()) return first_tokens(model.model, prompt_without_text);
  TokenList tokens;
  if (tokenizer->adds_bos()) tokens.push_back(tokenizer->bos());
  port::GrowingEncoder encoder(*tokenizer);
  for (bool beginning = true; !text.empty();) {
    const Encoded encoded =
        port::value_of(model.path, encoder.encode(text, beginning, ControlTokens{}));
    const std::span<const TokenId> part = encoder.tokens();
    tokens.insert(tokens.end(), part.begin(), part.end());
    text.remove_prefix(encoded.bytes);
    beginning = encoded.beginning;
  }
  if (tokens.empty()) throw port::Failure("--file: the text is empty; give at least one word");
  return tokens;
}

/// A session, and the text that it generated last.
class TextWriter {
 public:
  TextWriter(const LoadedModel& model, const SessionOptions& options)
      : model_(model), options_(options), loaded_(make_session(model, options)) {
    execution_ = tuned_execution(model, loaded_.session, options);
  }

  [[nodiscard]] LoadedSession& loaded() { return loaded_; }
  [[nodiscard]] const TokenList& text() const { return text_; }

  /// Generates tokens, and returns how many per second came after the first. Adds what was drafted.
  double write(const TokenList& prompt, std::uint32_t tokens,
               const std::optional<DraftSource>& source, port::DraftTuner::Totals& totals) {
    Session& session = loaded_.session;
    session.reset();
    port::check(model_.path, session.set_execution(execution_));
    Drafting drafting(loaded_, options_, source);
    port::check(model_.path, session.prefill(prompt));
    drafting.drafter().tell(prompt);
    Sampler sampler = port::value_of(model_.path, session.sampler({}));
    text_.clear();
    text_.reserve(tokens);
    wanted_ = tokens;
    RunReport report;
    report_ = &report;
    Continuation continuation(session, sampler, settled_tuner(), drafting, report);
    const TokenSink sink{this, [](void* self, TokenId token) noexcept {
                           return static_cast<TextWriter*>(self)->take(token);
                         }};
    port::check(model_.path, continuation.run(sink, 0));
    if (drafting.drafts()) add(drafting.tuner().totals(), totals);
    return per_second(tokens - 1, report.generation_nanoseconds);
  }

 private:
  bool take(TokenId token) noexcept {
    text_.push_back(token);
    ++report_->generated_tokens;
    return text_.size() < wanted_;
  }

  /// Tries nothing, because the best settings are known.
  [[nodiscard]] port::Tuner settled_tuner() const {
    return {execution_.decode_threads,
            {.threads = execution_.decode_threads,
             .prefetch_bytes = execution_.prefetch_bytes,
             .prefill_threads = execution_.prefill_threads}};
  }

  static void add(const port::DraftTuner::Totals& more, port::DraftTuner::Totals& totals) {
    totals.rounds += more.rounds;
    totals.emitted += more.emitted;
    totals.drafted += more.drafted;
    totals.accepted += more.accepted;
  }

  const LoadedModel& model_;
  const SessionOptions& options_;
  LoadedSession loaded_;
  Execution execution_;
  TokenList text_;
  std::size_t wanted_ = 0;
  RunReport* report_ = nullptr;
};

void require_same_text(const LoadedModel& model, const TokenList& plain, const TokenList& drafted) {
  const auto at = std::mismatch(plain.begin(), plain.end(), drafted.begin(), drafted.end()).first;
  if (at == plain.end() && plain.size() == drafted.size()) return;
  throw port::Failure(model.path + ": token " + std::to_string(at - plain.begin() + 1) +
                      " of the text is another one with drafts; that is a fault of this program, "
                      "please report it");
}

}  // namespace

DraftComparison compare_drafts(
    const LoadedModel& model, const std::optional<DraftSource>& source,
    const DraftComparisonOptions& options,
    const std::function<void(std::uint64_t done, std::uint64_t total)>& progress) {
  const TokenList prompt = encode_prompt(model, options.prompt);
  TextWriter plain(model, options.plain);
  TextWriter drafted(model, options.drafted);
  DraftComparison result;
  port::DraftTuner::Totals ignored;
  std::vector<double> rates[2];
  std::vector<double> ratios;
  for (std::uint32_t i = 0; i <= options.repetitions; ++i) {
    const double without = plain.write(prompt, options.tokens, std::nullopt, ignored);
    const double with =
        drafted.write(prompt, options.tokens, source, i == 0 ? ignored : result.totals);
    require_same_text(model, plain.text(), drafted.text());
    progress(i + 1, options.repetitions + 1);
    if (i == 0) continue;  // the first pair warms up
    rates[0].push_back(without);
    rates[1].push_back(with);
    ratios.push_back(with / without);
  }
  const Session& session = drafted.loaded().session;
  result.config = session.config();
  result.kernels = drafted.loaded().kernels;
  result.kv = describe_kv(model.model, result.config);
  result.threads = static_cast<std::uint32_t>(*options.drafted.threads);
  result.repetitions = options.repetitions;
  result.prompt_tokens = static_cast<std::uint32_t>(prompt.size());
  result.tokens = options.tokens;
  if (source) result.draft_model = source->model.name();
  result.draft_tokens = options.drafted.drafts.tokens;
  result.plain = summarize(rates[0]);
  result.drafted = summarize(rates[1]);
  result.ratio = summarize(ratios);
  result.plain_ram = plain.loaded().session.memory_plan().total();
  result.drafted_ram = session.memory_plan().total();
  return result;
}

}  // namespace ringlet::cli
