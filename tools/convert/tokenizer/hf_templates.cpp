#include "tokenizer/hf_templates.hpp"

#include <algorithm>
#include <vector>

#include "source/json_file.hpp"
#include "source/paged_file.hpp"

namespace ringlet::convert {
namespace {

namespace fs = std::filesystem;

/// A token is given as a text, or as an object that contains the text.
std::string text_of(const JsonField& token) {
  return token.value().is_object() ? token.at("content").text() : token.text();
}

void put(SourceTokenizer::NamedTexts& named, const std::string& name, std::string text) {
  const auto known = std::find_if(named.begin(), named.end(),
                                  [&](const auto& entry) { return entry.first == name; });
  if (known == named.end()) {
    named.emplace_back(name, std::move(text));
  } else {
    known->second = std::move(text);
  }
}

void put_template(SourceTokenizer& tokenizer, const std::string& name, std::string text) {
  if (name == "default") {
    tokenizer.chat_template = std::move(text);
  } else {
    put(tokenizer.named_templates, name, std::move(text));
  }
}

std::string content_of(const fs::path& path) {
  if (fs::file_size(path) == 0) return {};
  const PagedFile file(path);
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

/// In the order of their names, which is the same on every machine.
std::vector<fs::path> jinja_files(const fs::path& folder) {
  std::vector<fs::path> found;
  if (!fs::is_directory(folder)) return found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".jinja") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

void read_chat_templates(const JsonField& field, SourceTokenizer& tokenizer) {
  if (field.value().is_string()) {
    tokenizer.chat_template = field.text();
    return;
  }
  for (std::size_t i = 0; i < field.array_size(); ++i) {
    const JsonField entry = field.element(i);
    put_template(tokenizer, entry.at("name").text(), entry.at("template").text());
  }
  if (tokenizer.chat_template.empty()) {
    tokenizer.notes.push_back(field.where() + " has no template named 'default'");
  }
}

void read_template_tokens(const JsonField& config, SourceTokenizer& tokenizer) {
  for (const char* role : {"bos_token", "eos_token", "unk_token", "sep_token", "pad_token",
                           "cls_token", "mask_token"}) {
    if (const auto token = config.find(role)) {
      put(tokenizer.template_tokens, role, text_of(*token));
    }
  }
  for (const char* list : {"additional_special_tokens", "extra_special_tokens"}) {
    const std::optional<JsonField> more = config.find(list);
    if (!more) continue;
    if (more->value().is_object()) {
      for (const auto& [name, value] : more->value().items()) {
        put(tokenizer.template_tokens, name, text_of({value, more->where() + ": " + name}));
      }
    } else if (more->value().is_array()) {
      tokenizer.additional_special_tokens.clear();
      for (std::size_t i = 0; i < more->array_size(); ++i) {
        tokenizer.additional_special_tokens.push_back(text_of(more->element(i)));
      }
    }
  }
}

void read_template_files(const fs::path& folder, SourceTokenizer& tokenizer) {
  const fs::path main = folder / "chat_template.jinja";
  if (fs::exists(main) && fs::file_size(main) > 0) tokenizer.chat_template = content_of(main);
  for (const fs::path& path : jinja_files(folder / "additional_chat_templates")) {
    put_template(tokenizer, path.stem().string(), content_of(path));
  }
  const fs::path of_processor = folder / "chat_template.json";
  if (!tokenizer.chat_template.empty() || !fs::exists(of_processor)) return;
  const JsonDocument document = read_json(of_processor);
  if (const auto field = document.root().find("chat_template")) {
    read_chat_templates(*field, tokenizer);
  }
}

}  // namespace ringlet::convert
