#include "templates/stored_templates.hpp"

#include <algorithm>
#include <cstring>

#include "common/errors.hpp"
#include "schema/ringlet_generated.h"
#include "schema/templates_generated.h"

namespace ringlet::templates {
namespace {

using Texts = flatbuffers::Vector<flatbuffers::Offset<schema::NamedText>>;

constexpr std::size_t most_tokens = 1024;

void add_names(const Texts& texts, StoredTemplates::Named& named) {
  for (const schema::NamedText* text : texts) {
    named.emplace_back(text->name()->str(), text->text()->str());
  }
}

bool repeats_a_name(const StoredTemplates::Named& named) {
  std::vector<std::string_view> names;
  names.reserve(named.size());
  for (const auto& [name, text] : named) names.emplace_back(name);
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

/// What is wrong with the texts, or null.
const char* fault_of(const StoredTemplates& stored) {
  if (stored.templates.empty()) return "has no template";
  if (stored.templates.size() > most_templates) return "has more than 16 templates";
  if (stored.tokens.size() + stored.additional_tokens.size() > most_tokens) {
    return "has more than 1024 tokens";
  }
  if (repeats_a_name(stored.templates) || repeats_a_name(stored.tokens)) return "repeats a name";
  for (const auto& [name, text] : stored.templates) {
    if (name.empty()) return "has a template without a name";
    if (text.size() > longest_template) return "has a template of more than 262144 bytes";
  }
  return nullptr;
}

std::vector<flatbuffers::Offset<schema::NamedText>> named_texts(
    flatbuffers::FlatBufferBuilder& builder, const StoredTemplates::Named& named) {
  std::vector<flatbuffers::Offset<schema::NamedText>> texts;
  for (const auto& [name, text] : named) {
    const auto name_offset = builder.CreateString(name);
    texts.push_back(schema::CreateNamedText(builder, name_offset, builder.CreateString(text)));
  }
  return texts;
}

}  // namespace

const std::string* StoredTemplates::find(std::string_view name) const {
  for (const auto& [known, text] : templates) {
    if (known == name) return &text;
  }
  return nullptr;
}

std::vector<std::uint8_t> write_templates(const StoredTemplates& stored) {
  flatbuffers::FlatBufferBuilder builder;
  const auto templates = builder.CreateVector(named_texts(builder, stored.templates));
  const auto tokens = builder.CreateVector(named_texts(builder, stored.tokens));
  const auto additional = builder.CreateVectorOfStrings(stored.additional_tokens);
  schema::FinishTemplatesBuffer(builder,
                                schema::CreateTemplates(builder, templates, tokens, additional));
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

StoredTemplates read_templates(std::span<const std::byte> bytes, const std::string& model) {
  const auto refuse = [&](const char* what) { common::fail(model, ": templates: ", what); };
  if (bytes.size() > longest_templates) refuse("has more than 1048576 bytes");
  // A copy is aligned wherever the bytes are.
  std::vector<std::uint64_t> copy(bytes.size() / sizeof(std::uint64_t) + 1);
  std::memcpy(copy.data(), bytes.data(), bytes.size());
  const auto* buffer = reinterpret_cast<const std::uint8_t*>(copy.data());
  flatbuffers::Verifier verifier(buffer, bytes.size(), 4, 4 * (most_templates + most_tokens));
  if (bytes.size() < 12 || !schema::VerifyTemplatesBuffer(verifier)) {
    refuse("is not a table of templates");
  }
  const schema::Templates& tables = *schema::GetTemplates(buffer);
  StoredTemplates stored;
  add_names(*tables.templates(), stored.templates);
  if (tables.tokens() != nullptr) add_names(*tables.tokens(), stored.tokens);
  if (tables.additional_tokens() != nullptr) {
    for (const flatbuffers::String* text : *tables.additional_tokens()) {
      stored.additional_tokens.push_back(text->str());
    }
  }
  if (const char* fault = fault_of(stored)) refuse(fault);
  return stored;
}

std::optional<StoredTemplates> templates_of(const schema::Model& tables, const std::string& model) {
  if (tables.templates() == nullptr) return std::nullopt;
  const auto& bytes = *tables.templates();
  return read_templates(std::as_bytes(std::span(bytes.data(), bytes.size())), model);
}

}  // namespace ringlet::templates
