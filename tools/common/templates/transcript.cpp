#include "templates/transcript.hpp"

#include <algorithm>

#include "common/errors.hpp"
#include "templates/encode_prompt.hpp"

namespace ringlet::templates {
namespace {

std::size_t common_bytes(std::string_view left, std::string_view right) {
  return static_cast<std::size_t>(
      std::mismatch(left.begin(), left.end(), right.begin(), right.end()).first - left.begin());
}

}  // namespace

Transcript::Continuation Transcript::continue_with(const Prompt& prompt) const {
  const std::size_t common = common_bytes(text_, prompt.text);
  const auto place = std::find_if(places_.rbegin(), places_.rend(),
                                  [&](const Place& one) { return one.bytes <= common; });
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
  const std::size_t common = common_bytes(text_, prompt.text);
  text_ = prompt.text;
  std::erase_if(places_, [&](const Place& place) {
    return place.bytes > common || (place.bytes == text_.size() && place.bytes > 0);
  });
  places_.push_back({text_.size(), tokens_.size(), continuation.beginning});
}

void Transcript::append(std::span<const TokenId> tokens, std::string_view text) {
  if (tokens.empty()) return;
  tokens_.insert(tokens_.end(), tokens.begin(), tokens.end());
  text_ += text;
  places_.push_back({text_.size(), tokens_.size(), false});
}

void Transcript::truncate(std::size_t tokens) {
  tokens_.resize(std::min(tokens, tokens_.size()));
  std::erase_if(places_, [&](const Place& place) { return place.tokens > tokens_.size(); });
  // The text between two places belongs to tokens that are not all there.
  text_.resize(places_.back().bytes);
}

std::string spelled(const Tokenizer& tokenizer, TokenId token) {
  std::uint8_t byte = 0;
  if (tokenizer.is_byte(token, &byte)) return {static_cast<char>(byte)};
  return std::string(tokenizer.piece(token));
}

}  // namespace ringlet::templates
