#include "serve/service/exchange.hpp"

#include <algorithm>
#include <utility>

#include "serve/protocol/call_ids.hpp"

namespace ringlet::serve {
namespace {

// How often the client's socket is looked at.
constexpr std::chrono::milliseconds look_again{100};

bool is_failure(Ending ending) { return ending >= Ending::cancelled; }

ApiError failure(Ending ending, const std::string& problem) {
  if (ending == Ending::overdue) {
    return {503,
            "server_error",
            "the server's --deadline passed before the answer began",
            {},
            "deadline_exceeded"};
  }
  if (ending == Ending::unwritable) {
    return {400,
            "invalid_request_error",
            "the model's vocabulary has no token for what must come next in this form of answer",
            {},
            "unsupported_value"};
  }
  if (ending == Ending::stopping) return {503, "server_error", "the server is stopping"};
  return {500, "server_error", problem.empty() ? "the answer was cancelled" : problem};
}

FinishReason reason_of(Ending ending, std::size_t calls) {
  if (calls > 0) return FinishReason::tool_calls;
  return ending == Ending::limit ? FinishReason::length : FinishReason::stop;
}

}  // namespace

Exchange::Exchange(Taken taken) : taken_(std::move(taken)) {
  for (const std::shared_ptr<Mailbox>& mailbox : taken_.mailboxes) {
    Answer& answer = answers_.emplace_back(
        Answer{.index = answers_.size(),
               .mailbox = mailbox,
               .calls = {taken_.syntax, taken_.functions, taken_.call_begun},
               .records = ShownRecords(taken_.logprobs ? taken_.logprobs->leading : 0),
               .text = {}});
    if (taken_.logprobs) answer.text = taken_.logprobs->text;
  }
}

Exchange::~Exchange() {
  for (const Answer& answer : answers_) {
    if (!answer.has_ended) answer.mailbox->cancel();
  }
}

/// Waits for news of any answer, at most so long, and takes those of all.
void Exchange::take_news(std::chrono::milliseconds most) {
  if (!taken_.bell) {
    take(answers_.front(), answers_.front().mailbox->wait(most));
    return;
  }
  taken_.bell->wait(most);
  for (Answer& answer : answers_) {
    if (!answer.has_ended) take(answer, answer.mailbox->wait(std::chrono::milliseconds(0)));
  }
}

void Exchange::take(Answer& answer, News news) {
  answer.has_begun = answer.has_begun || news.begun;
  answer.usage = {news.prompt_tokens, news.cached_tokens, news.tokens};
  if (!news.content.empty()) answer.shown.start = news.content_start;
  answer.pending.reasoning += news.reasoning;
  answer.pending.content += news.content;
  if (news.records.size() > 0) answer.records.add(news.records);
  if (!news.ending) return;
  answer.has_ended = true;
  answer.ending = *news.ending;
  answer.problem = std::move(news.problem);
}

bool Exchange::has_ended() const { return std::ranges::all_of(answers_, &Answer::has_ended); }

/// Throws if an answer has failed.
void Exchange::require_success() const {
  for (const Answer& answer : answers_) {
    if (answer.has_ended && is_failure(answer.ending)) {
      throw failure(answer.ending, answer.problem);
    }
  }
}

bool Exchange::begin(const std::function<bool()>& is_connected) {
  while (true) {
    take_news(look_again);
    require_success();
    if (std::ranges::any_of(answers_, [](const Answer& a) { return a.has_begun || a.has_ended; })) {
      return true;
    }
    if (!is_connected()) return false;
  }
}

/// What news bring to the client. Calls are known at the end.
AnswerPart Exchange::part(Answer& answer) {
  News news = std::exchange(answer.pending, {});
  AnswerPart part{.index = answer.index,
                  .reasoning = std::move(news.reasoning),
                  .content = std::move(news.content),
                  .calls = {}};
  if (!taken_.functions.empty()) {
    part.content = answer.calls.next(part.content);
    answer.shown.bytes += part.content.size();
    if (answer.has_ended) {
      CallReader::End end = answer.calls.finish();
      if (end.is_as_written) answer.shown.bytes += end.content.size();
      answer.is_cut = !end.is_as_written;
      part.content += end.content;
      part.calls = std::move(end.calls);
      if (taken_.one_call && part.calls.size() > 1)
        part.calls.erase(part.calls.begin() + 1, part.calls.end());
    }
    for (ToolCall& call : part.calls) {
      call.id = call_id(taken_.head.id, called_++);
      ++answer.called;
    }
  } else {
    answer.shown.bytes += part.content.size();
  }
  return part;
}

/// The records of what the client has.
TokenRecords Exchange::records(Answer& answer) const {
  if (!answer.has_ended) return answer.records.take(answer.shown);
  const bool is_cut = answer.ending == Ending::stop_string || answer.is_cut;
  return answer.records.finish(answer.shown, is_cut);
}

/// The prompt counts once; what a seat held of it, as far as all answers had that.
Usage Exchange::usage() const {
  Usage sum = answers_.front().usage;
  for (const Answer& answer : answers_) {
    sum.cached_tokens = std::min(sum.cached_tokens, answer.usage.cached_tokens);
    if (answer.index > 0) sum.completion_tokens += answer.usage.completion_tokens;
  }
  return sum;
}

std::unique_ptr<WholeReply> Exchange::whole(const std::function<bool()>& is_connected) {
  if (taken_.logprobs) {
    for (Answer& answer : answers_) {
      answer.records.reserve(taken_.logprobs->most, taken_.logprobs->alternatives);
    }
  }
  while (!has_ended()) {
    take_news(look_again);
    require_success();
    if (!has_ended() && !is_connected()) return nullptr;
  }
  require_success();
  std::vector<WholeAnswer> answers;
  std::vector<WholeReply::Answer> logprobs;
  for (Answer& answer : answers_) {
    AnswerPart whole = part(answer);
    if (answer.text) logprobs.push_back({records(answer), *answer.text});
    whole.content.insert(0, taken_.echo);
    answers.push_back({std::move(whole), reason_of(answer.ending, answer.called)});
  }
  return std::make_unique<WholeReply>(
      dump(answers_json(taken_.head, answers, usage())), std::move(logprobs),
      taken_.logprobs ? std::move(taken_.logprobs->lease) : RecordRoom::Lease());
}

bool Exchange::stream(std::string& events, std::chrono::milliseconds most) {
  const bool is_waiting = std::ranges::none_of(answers_, [](const Answer& answer) {
    return !answer.has_started || !answer.pending.content.empty() ||
           !answer.pending.reasoning.empty() || (answer.has_ended && !answer.is_told);
  });
  if (is_waiting) take_news(most);
  for (Answer& answer : answers_) {
    if (!answer.is_told) add_events(answer, events);
    if (answer.has_ended && is_failure(answer.ending)) {
      // The status has long been sent; clients know an event with an error.
      events += event(error_json(failure(answer.ending, answer.problem)));
      return false;
    }
  }
  if (!std::ranges::all_of(answers_, &Answer::is_told)) return true;
  if (taken_.include_usage) events += event(usage_chunk(taken_.head, usage()));
  events += last_event;
  return false;
}

void Exchange::add_events(Answer& answer, std::string& events) {
  if (!answer.has_started && taken_.head.chat) {
    events += event(first_chunk(taken_.head, answer.index));
  }
  const std::size_t before = answer.called;
  AnswerPart next = part(answer);
  std::string logprobs;
  if (answer.text) {
    const TokenRecords shown = records(answer);
    if (shown.size() > 0) logprobs = answer.text->text(shown);
  }
  if (!answer.has_started) next.content.insert(0, taken_.echo);
  answer.has_started = true;
  if (!next.content.empty() || !next.reasoning.empty() || !next.calls.empty() ||
      !logprobs.empty()) {
    events += event(chunk_json(taken_.head, next, before), logprobs);
  }
  if (!answer.has_ended || is_failure(answer.ending)) return;
  answer.is_told = true;
  events += event(last_chunk(taken_.head, answer.index, reason_of(answer.ending, answer.called)));
}

}  // namespace ringlet::serve
