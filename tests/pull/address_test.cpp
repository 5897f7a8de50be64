#include "pull/address.hpp"

#include <gtest/gtest.h>

namespace ringlet::pull {
namespace {

TEST(Address, OriginsAreSchemeHostAndPort) {
  EXPECT_EQ(origin_of("https://huggingface.co"), "https://huggingface.co:443");
  EXPECT_EQ(origin_of("HTTPS://HuggingFace.co/a/b?c#d"), "https://huggingface.co:443");
  EXPECT_EQ(origin_of("https://huggingface.co:443/"), "https://huggingface.co:443");
  EXPECT_EQ(origin_of("http://huggingface.co"), "http://huggingface.co:80");
  EXPECT_EQ(origin_of("http://127.0.0.1:8000?x"), "http://127.0.0.1:8000");
  EXPECT_EQ(origin_of("https://[::1]:5/x"), "https://[::1]:5");
  EXPECT_NE(origin_of("https://huggingface.co.evil.example"), origin_of("https://huggingface.co"));
  EXPECT_NE(origin_of("https://huggingface.co:444"), origin_of("https://huggingface.co"));
  EXPECT_NE(origin_of("http://huggingface.co:443"), origin_of("https://huggingface.co"));
}

TEST(Address, WhatReadersCouldDisagreeOnIsNone) {
  for (const char* address :
       {"", "huggingface.co", "https://", "https:///path", "ftp://host", "file:///etc/passwd",
        "https://user@host", "https://huggingface.co@evil.example", "https://user:word@host",
        "https://huggingface.co\\@evil.example", "https://a b", "https://host\r\nX: y",
        "https://host:x", "https://host:123456", "https://h\xC3\xB6st", "https://[::1",
        "https://[evil.example]", "https://a%2eb", "javascript://x"}) {
    EXPECT_FALSE(is_web_address(address)) << address;
    EXPECT_EQ(origin_of(address), "") << address;
    EXPECT_FALSE(keeps_secrets(address)) << address;
  }
}

TEST(Address, SecretsTravelEncryptedOrNotAtAll) {
  for (const char* address : {"https://huggingface.co", "http://localhost:8000", "http://127.0.0.1",
                              "http://127.1.2.3:5/x", "http://[::1]:8000"}) {
    EXPECT_TRUE(keeps_secrets(address)) << address;
  }
  for (const char* address : {"http://huggingface.co", "http://127.example.org", "http://10.0.0.1",
                              "http://localhost.example.org", "http://128.0.0.1", "http://[::2]"}) {
    EXPECT_FALSE(keeps_secrets(address)) << address;
  }
}

TEST(Address, LocationsAreRelativeToTheirPage) {
  const std::string base = "https://host/a/b?query=/x";
  EXPECT_EQ(resolve(base, "http://other:5/x"), "http://other:5/x");
  EXPECT_EQ(resolve(base, "/c?d"), "https://host:443/c?d");
  EXPECT_EQ(resolve(base, "c"), "https://host:443/a/c");
  EXPECT_EQ(resolve(base, "//other/c"), "https://other/c");
  EXPECT_EQ(resolve("https://host", "c"), "https://host:443/c");
  for (const char* location : {"", "file:///etc/passwd", "gopher://x/", "https://user@evil", "//",
                               "/a\r\nHost: evil", "\\\\evil"}) {
    EXPECT_EQ(resolve(base, location), "") << location;
  }
}

TEST(Address, EscapesWhatHasMeaning) {
  EXPECT_EQ(escaped("refs/pr/1"), "refs%2Fpr%2F1");
  EXPECT_EQ(escaped("a b/c#d?e%f", "/"), "a%20b/c%23d%3Fe%25f");
  EXPECT_EQ(escaped("model-00001-of-00002.safetensors"), "model-00001-of-00002.safetensors");
  EXPECT_EQ(escaped("\xC3\xA9"), "%C3%A9");
}

}  // namespace
}  // namespace ringlet::pull
