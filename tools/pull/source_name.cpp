#include "pull/source_name.hpp"

#include <algorithm>

#include "common/errors.hpp"
#include "pull/letter_case.hpp"

namespace ringlet::pull {
namespace {

constexpr std::string_view gguf_suffix = ".gguf";

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The rules of the hub for each part of a repository's name.
bool is_repository_part(std::string_view part) {
  constexpr std::size_t longest = 96;
  if (part.empty() || part.size() > longest || !is_word(part.front()) || !is_word(part.back())) {
    return false;
  }
  if (part.find("--") != std::string_view::npos || part.find("..") != std::string_view::npos) {
    return false;
  }
  return std::all_of(part.begin(), part.end(),
                     [](char c) { return is_word(c) || c == '-' || c == '.'; });
}

/// Visible ASCII, which names of branches and files can be without harm.
bool is_plain(std::string_view text) {
  constexpr std::size_t longest = 500;
  return !text.empty() && text.size() <= longest &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

/// Removes the beginning of an address. Returns whether there was one.
bool drop_host(std::string_view& text) {
  bool dropped = false;
  for (const std::string_view part :
       {"https://", "http://", "hf://", "huggingface.co/", "hf.co/"}) {
    if (!text.starts_with(part)) continue;
    text.remove_prefix(part.size());
    dropped = true;
  }
  return dropped;
}

std::string_view take_until(std::string_view& text, std::string_view ends) {
  const std::size_t end = std::min(text.find_first_of(ends), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end);
  return part;
}

/// The rest of an address after the repository: "/tree/main", "/blob/main/folder/file.gguf".
bool take_page(std::string_view& rest, SourceName& name) {
  for (const std::string_view page : {"/tree/", "/blob/", "/resolve/"}) {
    if (!rest.starts_with(page)) continue;
    rest.remove_prefix(page.size());
    name.revision = take_until(rest, "/?");
    if (rest.starts_with('/') && page != "/tree/")
      name.file = take_until(rest = rest.substr(1), "?");
    rest = {};
    return true;
  }
  return false;
}

void take_rest(std::string_view rest, SourceName& name) {
  if (take_page(rest, name)) return;
  if (rest.starts_with('@')) {
    rest.remove_prefix(1);
    name.revision = take_until(rest, ":");
  }
  if (rest.starts_with(':')) {
    const std::string_view choice = rest.substr(1);
    (choice.ends_with(gguf_suffix) ? name.file : name.tag) = choice;
    rest = {};
    if (choice.empty()) name.revision.clear();  // refused below
  } else if (rest.size() > 1 && rest.front() == '/') {
    name.file = rest.substr(1);
  }
}

}  // namespace

SourceName parse_source_name(std::string_view text) {
  const std::string given(text);
  const bool is_address = drop_host(text);
  while (is_address && text.ends_with('/')) text.remove_suffix(1);
  const std::string_view owner = take_until(text, "/");
  if (text.starts_with('/')) text.remove_prefix(1);
  const std::string_view repository = take_until(text, "@:/");
  SourceName name;
  name.repository = std::string(owner) + "/" + std::string(repository);
  take_rest(text, name);
  const bool is_file =
      name.file.empty() || (is_plain(name.file) && name.file.ends_with(gguf_suffix));
  if (!is_repository_part(owner) || !is_repository_part(repository) || !is_plain(name.revision) ||
      !is_file || (!name.tag.empty() && !is_plain(name.tag))) {
    common::fail(
        "'", given,
        "' does not name a model of the hub; write OWNER/NAME, OWNER/NAME@REVISION, or for "
        "a GGUF file OWNER/NAME:Q4_0 or OWNER/NAME/FILE.gguf");
  }
  return name;
}

std::string default_model_name(std::string_view repository, std::string_view tag) {
  std::string name = in_lower_case(repository.substr(repository.find('/') + 1));
  if (tag.empty()) return name;
  constexpr std::string_view suffix = "-gguf";
  if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
  const std::string lower = in_lower_case(tag);
  return name.ends_with(lower) ? name : name + "-" + lower;
}

}  // namespace ringlet::pull
