#include "serve/service/exchange.hpp"

#include <utility>

namespace ringlet::serve {
namespace {

// How often the client's socket is looked at.
constexpr std::chrono::milliseconds look_again{100};

}  // namespace

Exchange::Exchange(Taken taken)
    : taken_(std::move(taken)), calls_(taken_.syntax, taken_.tools, taken_.call_begun) {}

Exchange::~Exchange() {
  if (!has_ended_) taken_.mailbox->cancel();
}

void Exchange::take(const News& news) {
  usage_ = {news.prompt_tokens, news.cached_tokens, news.tokens};
  if (!news.ending) return;
  has_ended_ = true;
  ending_ = *news.ending;
  problem_ = news.problem;
}

ApiError Exchange::failure() const {
  if (ending_ == Ending::overdue) {
    return {503, "server_error", "the request took too long", {}, "deadline_exceeded"};
  }
  return {500, "server_error", problem_.empty() ? "the answer was cancelled" : problem_};
}

bool Exchange::begin(const std::function<bool()>& is_connected) {
  while (true) {
    News news = taken_.mailbox->wait(look_again);
    take(news);
    pending_.reasoning += news.reasoning;
    pending_.content += news.content;
    const bool failed = news.ending && (ending_ == Ending::failed || ending_ == Ending::overdue ||
                                        ending_ == Ending::cancelled);
    if (failed) throw failure();
    if (news.begun || news.ending) return true;
    if (!is_connected()) return false;
  }
}

/// What news bring to the client. Calls are known at the end.
AnswerPart Exchange::part(const News& news) {
  AnswerPart part{.reasoning = news.reasoning, .content = news.content, .calls = {}};
  if (taken_.tools.empty()) return part;
  part.content = calls_.next(news.content);
  if (!has_ended_) return part;
  CallReader::End end = calls_.finish();
  part.content += end.content;
  part.calls = std::move(end.calls);
  for (ToolCall& call : part.calls) {
    call.id = "call_" + taken_.head.id.substr(taken_.head.id.size() - 12) + "_" +
              std::to_string(called_++);
  }
  return part;
}

FinishReason Exchange::reason() const {
  if (called_ > 0) return FinishReason::tool_calls;
  return ending_ == Ending::limit ? FinishReason::length : FinishReason::stop;
}

Usage Exchange::usage() const { return usage_; }

Json Exchange::whole(const std::function<bool()>& is_connected) {
  News all = std::exchange(pending_, {});
  while (!has_ended_) {
    const News news = taken_.mailbox->wait(look_again);
    take(news);
    all.reasoning += news.reasoning;
    all.content += news.content;
    if (!has_ended_ && !is_connected()) return nullptr;
  }
  if (ending_ == Ending::failed || ending_ == Ending::overdue || ending_ == Ending::cancelled) {
    throw failure();
  }
  AnswerPart answer = part(all);
  answer.content.insert(0, taken_.echo);
  return answer_json(taken_.head, answer, reason(), usage());
}

bool Exchange::stream(std::string& events, std::chrono::milliseconds most) {
  if (!has_begun_ && taken_.head.chat) events += event(first_chunk(taken_.head));
  News news = std::exchange(pending_, {});
  if (!has_begun_) news.content.insert(0, taken_.echo);
  has_begun_ = true;
  if (!has_ended_ && news.content.empty() && news.reasoning.empty()) {
    news = taken_.mailbox->wait(most);
    take(news);
  }
  const std::size_t before = called_;
  const AnswerPart next = part(news);
  if (!next.content.empty() || !next.reasoning.empty() || !next.calls.empty()) {
    events += event(chunk_json(taken_.head, next, before));
  }
  if (!has_ended_) return true;
  add_end(events);
  return false;
}

void Exchange::add_end(std::string& events) {
  if (ending_ == Ending::failed || ending_ == Ending::overdue || ending_ == Ending::cancelled) {
    // The status has long been sent; clients know an event with an error.
    events += event(error_json(failure()));
    return;
  }
  events += event(last_chunk(taken_.head, reason()));
  if (taken_.include_usage) events += event(usage_chunk(taken_.head, usage()));
  events += last_event;
}

}  // namespace ringlet::serve
