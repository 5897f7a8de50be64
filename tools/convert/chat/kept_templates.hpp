// The chat templates that a model file keeps as they are.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "source/source_model.hpp"

namespace ringlet::convert {

/// The texts of tokens that a template finds as variables. Where the source names none, those of
/// the begin-of-text, end-of-text and unknown token.
SourceTokenizer::NamedTexts template_variables(const SourceTokenizer& tokenizer);

struct KeptTemplates {
  std::optional<templates::StoredTemplates> stored;
  // Why templates are left out, one line each.
  std::vector<std::string> notes;
};

/// The templates of the source. A file never has a template that our interpreter cannot read:
/// programs use a template in place of the chat format, and must not fail then.
KeptTemplates kept_templates(const SourceTokenizer& tokenizer);

}  // namespace ringlet::convert
