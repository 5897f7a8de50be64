#include "chat/kept_templates.hpp"

#include <gtest/gtest.h>

namespace ringlet::convert {
namespace {

using Named = SourceTokenizer::NamedTexts;

TEST(KeptTemplates, AreThoseThatCanBeRead) {
  SourceTokenizer tokenizer;
  tokenizer.pieces = {{.text = "<s>"}, {.text = "</s>"}};
  tokenizer.bos = 0;
  tokenizer.eos = 1;
  tokenizer.chat_template = "{{ messages }}";
  tokenizer.named_templates = {{"tool_use", "{% if %}"}, {"rag", "\xFF"}, {"other", "x"}};
  const KeptTemplates kept = kept_templates(tokenizer);
  ASSERT_TRUE(kept.stored);
  EXPECT_EQ(kept.stored->templates, (Named{{"default", "{{ messages }}"}, {"other", "x"}}));
  EXPECT_EQ(kept.stored->tokens, (Named{{"bos_token", "<s>"}, {"eos_token", "</s>"}}));
  ASSERT_EQ(kept.notes.size(), 2U);
  EXPECT_TRUE(kept.notes[0].starts_with("the chat template \"tool_use\" is left out: line 1: "));
  EXPECT_EQ(kept.notes[1], "the chat template \"rag\" is left out: it is not UTF-8");
}

TEST(KeptTemplates, AreAbsentWithoutATemplate) {
  SourceTokenizer tokenizer;
  EXPECT_FALSE(kept_templates(tokenizer).stored);
  tokenizer.chat_template = "{% bogus %}";
  EXPECT_FALSE(kept_templates(tokenizer).stored);
  EXPECT_EQ(kept_templates(tokenizer).notes.size(), 1U);
}

/// The tokens that the source names are those that Transformers hands to the template.
TEST(KeptTemplates, NameTheTokensOfTheSource) {
  SourceTokenizer tokenizer;
  tokenizer.pieces = {{.text = "<s>"}};
  tokenizer.bos = 0;
  tokenizer.template_tokens = {{"eos_token", "</s>"}};
  EXPECT_EQ(template_variables(tokenizer), (Named{{"eos_token", "</s>"}}));
}

}  // namespace
}  // namespace ringlet::convert
