#include "pull/source_name.hpp"

#include <gtest/gtest.h>

#include "ringlet/linux/failure.hpp"

namespace ringlet::pull {
namespace {

struct Case {
  const char* text;
  SourceName expected;
};

TEST(SourceName, HasTheFormsThatOtherProgramsTake) {
  const Case cases[] = {
      {"a/b", {.repository = "a/b"}},
      {"a/b@v1.0", {.repository = "a/b", .revision = "v1.0"}},
      {"a/b@refs/pr/1", {.repository = "a/b", .revision = "refs/pr/1"}},
      {"a/b:Q4_0", {.repository = "a/b", .tag = "Q4_0"}},
      {"a/b@v1:Q4_0", {.repository = "a/b", .revision = "v1", .tag = "Q4_0"}},
      {"a/b:sub/x-Q4_0.gguf", {.repository = "a/b", .file = "sub/x-Q4_0.gguf"}},
      {"a/b/sub/x.gguf", {.repository = "a/b", .file = "sub/x.gguf"}},
      {"hf.co/a/b:Q8_0", {.repository = "a/b", .tag = "Q8_0"}},
      {"https://huggingface.co/a/b/", {.repository = "a/b"}},
      {"https://huggingface.co/a/b/tree/dev", {.repository = "a/b", .revision = "dev"}},
      {"https://huggingface.co/a/b/blob/main/sub/x.gguf",
       {.repository = "a/b", .file = "sub/x.gguf"}},
      {"https://huggingface.co/a/b/resolve/v2/x.gguf?download=true",
       {.repository = "a/b", .revision = "v2", .file = "x.gguf"}},
  };
  for (const Case& wanted : cases) {
    const SourceName name = parse_source_name(wanted.text);
    EXPECT_EQ(name.repository, wanted.expected.repository) << wanted.text;
    EXPECT_EQ(name.revision, wanted.expected.revision) << wanted.text;
    EXPECT_EQ(name.tag, wanted.expected.tag) << wanted.text;
    EXPECT_EQ(name.file, wanted.expected.file) << wanted.text;
  }
}

TEST(SourceName, RefusesWhatTheHubDoesNotHave) {
  for (const char* text : {"",           "a",
                           "/",          "a/",
                           "/b",         "a//b",
                           "../b",       "a/..",
                           "a/b..c",     "a/b--c",
                           "-a/b",       "a/b-",
                           "a/b@",       "a/b:",
                           "a/b@v:",     "a b/c",
                           "a/b c",      "a/b/c",
                           "a/b/x.bin",  "a/b@v 1",
                           "a/\xC3\xB6", "https://evil/a/b"}) {
    EXPECT_THROW((void)parse_source_name(text), port::Failure) << text;
  }
}

TEST(SourceName, GivesModelsShortNames) {
  EXPECT_EQ(default_model_name("HuggingFaceTB/SmolLM2-360M-Instruct", ""), "smollm2-360m-instruct");
  EXPECT_EQ(default_model_name("x/SmolLM2-360M-GGUF", "Q4_0"), "smollm2-360m-q4_0");
  EXPECT_EQ(default_model_name("x/SmolLM2-360M-Q4_0-GGUF", "Q4_0"), "smollm2-360m-q4_0");
}

}  // namespace
}  // namespace ringlet::pull
