#include "templates/transcript.hpp"

#include <algorithm>
#include <utility>

#include "common/errors.hpp"
#include "templates/encode_prompt.hpp"

namespace ringlet::templates {

std::size_t common_beginning(const Prompt& left, const Prompt& right) {
  const auto [text, other] =
      std::mismatch(left.text.begin(), left.text.end(), right.text.begin(), right.text.end());
  auto common = static_cast<std::size_t>(text - left.text.begin());
  const auto [one, another] = std::mismatch(left.literal.begin(), left.literal.end(),
                                            right.literal.begin(), right.literal.end());
  if (one != left.literal.end()) common = std::min(common, one->begin);
  if (another != right.literal.end()) common = std::min(common, another->begin);
  return common;
}

Transcript::Continuation Transcript::continue_with(const Prompt& prompt) const {
  const std::size_t common = common_beginning(held_, prompt);
  const auto place = std::find_if(places_.rbegin(), places_.rend(), [&](const Place& one) {
    return one.tokens == 0 ||
           (one.is_chosen && one.bytes <= common && !control_.divides(one.bytes, prompt.text));
  });
  Continuation result;
  result.beginning =
      encode_prompt(tokenizer_, prompt, place->bytes, place->beginning, result.append);
  const auto held = std::span(tokens_).subspan(place->tokens);
  const auto same = static_cast<std::size_t>(
      std::mismatch(held.begin(), held.end(), result.append.begin(), result.append.end()).first -
      held.begin());
  result.keep = place->tokens + same;
  result.append.erase(result.append.begin(),
                      result.append.begin() + static_cast<std::ptrdiff_t>(same));
  if (!result.append.empty()) return result;
  if (result.keep == 0) common::fail("the chat template writes nothing");
  // There are logits behind a token only after it has been appended.
  --result.keep;
  result.append.push_back(tokens_[result.keep]);
  return result;
}

void Transcript::hold(const Prompt& prompt, const Continuation& continuation) {
  truncate(continuation.keep);
  tokens_.insert(tokens_.end(), continuation.append.begin(), continuation.append.end());
  // Where control tokens swallow white space, equal tokens can have different texts.
  const std::size_t common = common_beginning(held_, prompt);
  held_ = prompt;
  std::erase_if(places_, [&](const Place& place) {
    return place.bytes > common || (place.bytes == held_.text.size() && place.bytes > 0);
  });
  places_.push_back(
      {.bytes = held_.text.size(), .tokens = tokens_.size(), .beginning = continuation.beginning});
}

void Transcript::append(std::span<const TokenId> tokens, std::string_view text) {
  if (tokens.empty()) return;
  tokens_.insert(tokens_.end(), tokens.begin(), tokens.end());
  const std::size_t before = held_.text.size();
  held_.text += text;
  const bool has_control = std::any_of(tokens.begin(), tokens.end(),
                                       [&](TokenId token) { return tokenizer_.is_control(token); });
  if (!has_control) {
    const std::vector<Span> spelled = control_.find_ending_behind(before, held_.text);
    held_.literal.insert(held_.literal.end(), spelled.begin(), spelled.end());
  }
  places_.push_back({.bytes = held_.text.size(),
                     .tokens = tokens_.size(),
                     .beginning = false,
                     .is_chosen = true});
}

void Transcript::truncate(std::size_t tokens) {
  tokens_.resize(std::min(tokens, tokens_.size()));
  std::erase_if(places_, [&](const Place& place) { return place.tokens > tokens_.size(); });
  // The text between two places belongs to tokens that are not all there.
  const std::size_t bytes = places_.back().bytes;
  held_.text.resize(bytes);
  std::erase_if(held_.literal, [&](const Span& span) { return span.end > bytes; });
}

std::string spelled(const Tokenizer& tokenizer, TokenId token) {
  std::uint8_t byte = 0;
  if (tokenizer.is_byte(token, &byte)) return {static_cast<char>(byte)};
  return std::string(tokenizer.piece(token));
}

}  // namespace ringlet::templates
