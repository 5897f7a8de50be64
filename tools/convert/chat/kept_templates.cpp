#include "chat/kept_templates.hpp"

#include <algorithm>

#include "jinja/error.hpp"
#include "jinja/template.hpp"
#include "jinja/text.hpp"

namespace ringlet::convert {
namespace {

/// Why a file cannot keep the template, or nothing.
std::string fault_of(const std::string& text) {
  if (text.size() > templates::longest_template) return "it has more than 262144 bytes";
  if (!jinja::is_utf8(text)) return "it is not UTF-8";
  try {
    const jinja::Template parsed(text);
    return {};
  } catch (const jinja::Fault& fault) {
    return fault.what();
  }
}

void keep(KeptTemplates& kept, const std::string& name, const std::string& text) {
  std::string fault = fault_of(text);
  if (fault.empty() && kept.stored->templates.size() == templates::most_templates) {
    fault = "there are more than 16";
  }
  if (fault.empty()) {
    kept.stored->templates.emplace_back(name, text);
  } else {
    kept.notes.push_back("the chat template \"" + name + "\" is left out: " + fault);
  }
}

}  // namespace

SourceTokenizer::NamedTexts template_variables(const SourceTokenizer& tokenizer) {
  if (!tokenizer.template_tokens.empty()) return tokenizer.template_tokens;
  SourceTokenizer::NamedTexts variables;
  const auto add = [&](const char* name, std::int32_t token) {
    if (token < 0) return;
    variables.emplace_back(name, tokenizer.pieces[static_cast<std::size_t>(token)].text);
  };
  add("bos_token", tokenizer.bos);
  add("eos_token", tokenizer.eos);
  add("unk_token", tokenizer.unknown);
  return variables;
}

KeptTemplates kept_templates(const SourceTokenizer& tokenizer) {
  KeptTemplates kept;
  kept.stored.emplace();
  if (!tokenizer.chat_template.empty()) keep(kept, "default", tokenizer.chat_template);
  for (const auto& [name, text] : tokenizer.named_templates) keep(kept, name, text);
  kept.stored->tokens = template_variables(tokenizer);
  kept.stored->additional_tokens = tokenizer.additional_special_tokens;
  std::erase_if(kept.stored->tokens,
                [](const auto& token) { return !jinja::is_utf8(token.second); });
  std::erase_if(kept.stored->additional_tokens,
                [](const std::string& token) { return !jinja::is_utf8(token); });
  if (kept.stored->templates.empty()) kept.stored.reset();
  return kept;
}

}  // namespace ringlet::convert
