#include "serve/seats/mailbox.hpp"

#include <utility>

namespace ringlet::serve {

void Mailbox::begin(std::uint64_t prompt_tokens, std::uint64_t cached_tokens) {
  const std::lock_guard lock(mutex_);
  news_.begun = true;
  news_.prompt_tokens = prompt_tokens;
  news_.cached_tokens = cached_tokens;
  is_new_ = true;
  changed_.notify_one();
}

void Mailbox::add(std::string_view reasoning, std::string_view content, std::uint64_t tokens) {
  const std::lock_guard lock(mutex_);
  news_.reasoning += reasoning;
  news_.content += content;
  news_.tokens = tokens;
  is_new_ = true;
  changed_.notify_one();
}

void Mailbox::end(Ending ending, std::string problem) {
  const std::lock_guard lock(mutex_);
  news_.ending = ending;
  news_.problem = std::move(problem);
  is_new_ = true;
  changed_.notify_one();
}

News Mailbox::wait(std::chrono::milliseconds most) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, most, [&] { return is_new_; });
  is_new_ = false;
  News taken = news_;
  news_.reasoning.clear();
  news_.content.clear();
  return taken;
}

}  // namespace ringlet::serve
