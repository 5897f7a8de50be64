#include "templates/control_spellings.hpp"

#include <algorithm>

#include "jinja/text.hpp"

namespace ringlet::templates {

ControlSpellings::ControlSpellings(const std::vector<std::string>& spellings) {
  for (const std::string& spelling : spellings) add(spelling);
}

ControlSpellings::ControlSpellings(const Tokenizer& tokenizer, std::size_t vocab_size) {
  for (std::size_t id = 0; id < vocab_size; ++id) {
    const auto token = static_cast<TokenId>(id);
    if (tokenizer.is_control(token)) add(std::string(tokenizer.piece(token)));
  }
}

void ControlSpellings::add(std::string spelling) {
  if (spelling.empty() || !jinja::is_utf8(spelling)) return;
  const std::vector<std::string_view> all = jinja::characters(spelling);
  ends_.emplace(all.front());
  ends_.emplace(all.back());
  sizes_.insert(spelling.size());
  spellings_.insert(std::move(spelling));
}

std::vector<Span> ControlSpellings::find(std::string_view text) const {
  std::vector<Span> found;
  std::size_t at = 0;
  for (const std::string_view character : jinja::characters(text)) {
    if (ends_.contains(character)) {
      for (const std::size_t size : sizes_) {
        if (size > text.size() - at) break;
        if (spellings_.contains(std::string(text.substr(at, size)))) {
          found.push_back({at, at + size});
        }
      }
    }
    at += character.size();
  }
  return found;
}

std::vector<Span> ControlSpellings::find_ending_behind(std::size_t from,
                                                       std::string_view text) const {
  std::vector<Span> found;
  for (std::size_t end = from + 1; end <= text.size(); ++end) {
    for (const std::size_t size : sizes_) {
      if (size > end) break;
      if (spellings_.contains(std::string(text.substr(end - size, size)))) {
        found.push_back({end - size, end});
      }
    }
  }
  return found;
}

bool ControlSpellings::divides(std::size_t at, std::string_view text) const {
  if (sizes_.empty()) return false;
  const std::size_t longest = *sizes_.rbegin();
  for (std::size_t begin = at - std::min(at, longest); begin < at; ++begin) {
    for (const std::size_t size : sizes_) {
      if (begin + size <= at) continue;
      if (begin + size > text.size()) break;
      if (spellings_.contains(std::string(text.substr(begin, size)))) return true;
    }
  }
  return false;
}

std::vector<Span> ControlSpellings::find_halves(std::string_view text) const {
  const std::string_view right = jinja::strip_right(text);
  const std::string_view left = jinja::strip_left(text);
  const std::size_t begin = text.size() - left.size();
  std::vector<Span> found;
  for (const std::string& spelling : spellings_) {
    for (std::size_t size = 1; size < spelling.size(); ++size) {
      if (right.ends_with(std::string_view(spelling).substr(0, size))) {
        found.push_back({right.size() - size, right.size()});
      }
      if (left.starts_with(std::string_view(spelling).substr(size))) {
        found.push_back({begin, begin + spelling.size() - size});
      }
    }
  }
  return found;
}

}  // namespace ringlet::templates
