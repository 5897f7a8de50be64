#include "serve/seats/mailbox.hpp"

#include <utility>

namespace ringlet::serve {

void Bell::ring() {
  const std::lock_guard lock(mutex_);
  has_rung_ = true;
  changed_.notify_one();
}

void Bell::wait(std::chrono::milliseconds most) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, most, [&] { return has_rung_; });
  has_rung_ = false;
}

void Mailbox::begin(std::uint64_t prompt_tokens, std::uint64_t cached_tokens) {
  const std::lock_guard lock(mutex_);
  news_.begun = true;
  news_.prompt_tokens = prompt_tokens;
  news_.cached_tokens = cached_tokens;
  announce();
}

void Mailbox::add(const Addition& addition) {
  const std::lock_guard lock(mutex_);
  if (news_.content.empty() && !addition.content.empty()) {
    news_.content_start = addition.content_start;
  }
  news_.reasoning += addition.reasoning;
  news_.content += addition.content;
  news_.tokens = addition.tokens;
  if (addition.records != nullptr) {
    news_.records.append(*addition.records, 0, addition.records->size());
  }
  announce();
}

void Mailbox::end(Ending ending, std::string problem) {
  const std::lock_guard lock(mutex_);
  news_.ending = ending;
  news_.problem = std::move(problem);
  announce();
}

/// Requires the lock.
void Mailbox::announce() {
  is_new_ = true;
  changed_.notify_one();
  if (bell_) bell_->ring();
}

News Mailbox::wait(std::chrono::milliseconds most) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, most, [&] { return is_new_; });
  is_new_ = false;
  News taken = std::move(news_);
  news_ = {};
  news_.begun = taken.begun;
  news_.prompt_tokens = taken.prompt_tokens;
  news_.cached_tokens = taken.cached_tokens;
  news_.tokens = taken.tokens;
  news_.ending = taken.ending;
  news_.problem = taken.problem;
  return taken;
}

}  // namespace ringlet::serve
