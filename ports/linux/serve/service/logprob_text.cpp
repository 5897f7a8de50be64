#include "serve/service/logprob_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "common/format_values.hpp"
#include "serve/protocol/replies.hpp"

namespace ringlet::serve {
namespace {

bool is_utf8(const std::string& text) {
  try {
    (void)Json(text).dump();
    return true;
  } catch (const Json::type_error&) {
    return false;
  }
}

void write_number(std::string& out, float number) {
  if (std::isnan(number)) {
    out += "null";
    return;
  }
  std::array<char, 32> digits{};
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), written.ptr);
}

}  // namespace

std::string LogprobText::text(const TokenRecords& records) {
  std::string out;
  for (std::size_t list = 0; list < lists(); ++list) {
    out += before(list);
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (i > 0) out += ',';
      write(out, list, records, i);
    }
  }
  out += end();
  return out;
}

std::string_view LogprobText::before(std::size_t list) const {
  constexpr std::array<std::string_view, 4> names = {"{\"tokens\":[", "],\"token_logprobs\":[",
                                                     "],\"top_logprobs\":[", "],\"text_offset\":["};
  return chat_ ? "{\"content\":[" : names[list];
}

void LogprobText::write(std::string& out, std::size_t list, const TokenRecords& records,
                        std::size_t index) {
  const TokenLogprob& chosen = records.chosen[index];
  if (chat_) {
    write_chat(out, records, index);
  } else if (list == 0) {
    out += dump(spelling(bytes_of(chosen.token, drops_space(records, index))));
  } else if (list == 1) {
    write_number(out, chosen.logprob);
  } else if (list == 2) {
    write_likeliest(out, records, index);
  } else {
    out += std::to_string(offset_);
    offset_ += records.extents[index].characters;
  }
}

/// Whether the token is the first of a text that has lost the space which encoders put in front.
bool LogprobText::drops_space(const TokenRecords& records, std::size_t index) const {
  const std::string_view piece = tokenizer_.piece(records.chosen[index].token);
  return tokenizer_.adds_space_prefix() && piece.starts_with(' ') &&
         records.extents[index].bytes + std::size_t{1} == piece.size();
}

LogprobText::Bytes LogprobText::bytes_of(TokenId token, bool at_start) const {
  std::uint8_t byte = 0;
  if (tokenizer_.is_byte(token, &byte)) return {std::string(1, static_cast<char>(byte))};
  std::string_view piece = tokenizer_.piece(token);
  if (at_start && piece.starts_with(' ')) piece.remove_prefix(1);
  return {std::string(piece), !tokenizer_.is_control(token)};
}

/// A token as one string. OpenAI's completions write the bytes of a part of a character, so that
/// tokens stay apart.
std::string LogprobText::spelling(const Bytes& bytes) const {
  if (chat_ || is_utf8(bytes.text)) return bytes.text;
  std::string text = "bytes:";
  for (const char c : bytes.text) {
    text += common::format("\\x%02x", unsigned{static_cast<unsigned char>(c)});
  }
  return text;
}

void LogprobText::write_token(std::string& out, const Bytes& bytes, float logprob) const {
  out += "{\"token\":" + dump(spelling(bytes)) + ",\"logprob\":";
  write_number(out, logprob);
  out += ",\"bytes\":";
  if (!bytes.printed) {
    out += "null";
    return;
  }
  out += '[';
  for (std::size_t i = 0; i < bytes.text.size(); ++i) {
    if (i > 0) out += ',';
    out += std::to_string(static_cast<unsigned char>(bytes.text[i]));
  }
  out += ']';
}

void LogprobText::write_chat(std::string& out, const TokenRecords& records, std::size_t index) {
  const bool at_start = drops_space(records, index);
  Bytes chosen = bytes_of(records.chosen[index].token, at_start);
  chosen.printed = chosen.printed || records.extents[index].bytes > 0;  // the mark of a call
  write_token(out, chosen, records.chosen[index].logprob);
  out += ",\"top_logprobs\":[";
  bool first = true;
  for (const TokenLogprob& one : records.likeliest_at(index)) {
    if (!first) out += ',';
    first = false;
    write_token(out, bytes_of(one.token, at_start), one.logprob);
    out += '}';
  }
  out += "]}";
}

/// The most likely tokens and the chosen one. Of several that are spelled alike, the most likely.
void LogprobText::write_likeliest(std::string& out, const TokenRecords& records,
                                  std::size_t index) {
  const TokenLogprob& chosen = records.chosen[index];
  if (std::isnan(chosen.logprob)) {
    out += "null";
    return;
  }
  const bool at_start = drops_space(records, index);
  std::vector<std::string> written;
  const auto put = [&](const TokenLogprob& one) {
    std::string token = spelling(bytes_of(one.token, at_start));
    if (std::ranges::find(written, token) != written.end()) return;
    out += (written.empty() ? "" : ",") + dump(token) + ":";
    write_number(out, one.logprob);
    written.push_back(std::move(token));
  };
  out += '{';
  for (const TokenLogprob& one : records.likeliest_at(index)) put(one);
  put(chosen);
  out += '}';
}

}  // namespace ringlet::serve
