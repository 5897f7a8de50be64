// The bytes of the templates in a model file: what is written is read, and the rest is refused.
#include "templates/stored_templates.hpp"

#include <gtest/gtest.h>

#include "support/convert_checkpoint.hpp"

namespace ringlet::templates {
namespace {

using ringlet::test::error_of;

StoredTemplates some() {
  return {.templates = {{"default", "{{ messages }}"}, {"tool_use", "{{ tools }}\n"}},
          .tokens = {{"bos_token", "<s>"}, {"eos_token", ""}},
          .additional_tokens = {"<a>", "<b>"}};
}

std::span<const std::byte> bytes_of(const std::vector<std::uint8_t>& bytes) {
  return std::as_bytes(std::span(bytes));
}

std::string refusal(const StoredTemplates& stored) {
  const std::vector<std::uint8_t> bytes = write_templates(stored);
  return error_of([&] { (void)read_templates(bytes_of(bytes), "model"); });
}

TEST(StoredTemplates, ReadsWhatItWrites) {
  const std::vector<std::uint8_t> bytes = write_templates(some());
  const StoredTemplates read = read_templates(bytes_of(bytes), "model");
  EXPECT_EQ(read.templates, some().templates);
  EXPECT_EQ(read.tokens, some().tokens);
  EXPECT_EQ(read.additional_tokens, some().additional_tokens);
  EXPECT_EQ(*read.find("tool_use"), "{{ tools }}\n");
  EXPECT_EQ(read.find("rag"), nullptr);
}

TEST(StoredTemplates, IsReadAtAnyAddress) {
  std::vector<std::uint8_t> bytes = write_templates(some());
  bytes.insert(bytes.begin(), 0);
  EXPECT_EQ(read_templates(bytes_of(bytes).subspan(1), "model").templates, some().templates);
}

TEST(StoredTemplates, RefusesWhatNobodyShouldWrite) {
  StoredTemplates stored = some();
  stored.templates.emplace_back("default", "");
  EXPECT_EQ(refusal(stored), "model: templates: repeats a name");
  stored = some();
  stored.templates[0].second.assign(longest_template + 1, 'x');
  EXPECT_EQ(refusal(stored), "model: templates: has a template of more than 262144 bytes");
  stored = some();
  stored.templates.clear();
  EXPECT_EQ(refusal(stored), "model: templates: has no template");
  for (int i = 0; i < 17; ++i) stored.templates.emplace_back(std::to_string(i), "");
  EXPECT_EQ(refusal(stored), "model: templates: has more than 16 templates");
  stored = some();
  stored.additional_tokens.assign(2000, "<x>");
  EXPECT_EQ(refusal(stored), "model: templates: has more than 1024 tokens");
}

TEST(StoredTemplates, RefusesEveryCutAndSurvivesEveryByte) {
  std::vector<std::uint8_t> bytes = write_templates(some());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = bytes_of(bytes).first(size);
    try {
      EXPECT_EQ(read_templates(cut, "model").templates, some().templates);  // the end is padding
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "model: templates: is not a table of templates");
    }
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::uint8_t before = bytes[i];
    for (const int change : {0x01, 0x80, 0xFF}) {
      bytes[i] = static_cast<std::uint8_t>(before ^ change);
      (void)error_of([&] { (void)read_templates(bytes_of(bytes), "model"); });
    }
    bytes[i] = before;
  }
}

}  // namespace
}  // namespace ringlet::templates
