#include "pull/model_record.hpp"

#include <gtest/gtest.h>

namespace ringlet::pull {
namespace {

TEST(ModelRecord, SurvivesItsFile) {
  const ModelRecord record{.source = "a/b:Q4_0",
                           .revision = "main \"quoted\"",
                           .commit = "c",
                           .endpoint = "https://huggingface.co",
                           .licence = "",
                           .options = "--weights int8",
                           .pulled = time_now(),
                           .file = "0123abcd"};
  EXPECT_EQ(record_from_json(to_json(record)), record);
  EXPECT_EQ(record.pulled.size(), std::string("2026-12-01T20:15:00Z").size());
}

TEST(ModelRecord, IsNoneIfTheTextIsSomethingElse) {
  const std::string text = to_json({});
  EXPECT_TRUE(record_from_json(text).has_value());
  for (std::size_t size = 0; size < text.size() - 2; ++size) {
    EXPECT_FALSE(record_from_json(text.substr(0, size)).has_value()) << size;
  }
  EXPECT_FALSE(record_from_json(R"({"version": 2})").has_value());
}

TEST(ModelRecord, FingerprintsAreOfModelFiles) {
  EXPECT_EQ(fingerprint("/nowhere"), "");
  EXPECT_EQ(fingerprint("/proc/self/exe"), "");
}

}  // namespace
}  // namespace ringlet::pull
