#include "serve/service/whole_reply.hpp"

#include <algorithm>

#include "serve/protocol/replies.hpp"

namespace ringlet::serve {
namespace {

// Records of a piece at most.
constexpr std::size_t piece = 64;

}  // namespace

bool WholeReply::next(std::string& out) {
  if (answer_ == answers_.size()) {
    out.append(reply_, written_);
    return false;
  }
  if (list_ == 0 && record_ == 0) {
    const std::size_t at = reply_.find(no_logprobs, written_);
    out.append(reply_, written_, at + no_logprobs.find("null") - written_);
    written_ = at + no_logprobs.size();
  }
  if (next_list(out)) return true;
  out += answers_[answer_].text.end();
  ++answer_;
  list_ = 0;
  return true;
}

/// Appends more of an answer's lists, and returns whether more comes.
bool WholeReply::next_list(std::string& out) {
  Answer& answer = answers_[answer_];
  if (record_ == 0) out += answer.text.before(list_);
  const std::size_t end = std::min(record_ + piece, answer.records.size());
  for (; record_ < end; ++record_) {
    if (record_ > 0) out += ',';
    answer.text.write(out, list_, answer.records, record_);
  }
  if (record_ < answer.records.size()) return true;
  record_ = 0;
  return ++list_ < answer.text.lists();
}

}  // namespace ringlet::serve
