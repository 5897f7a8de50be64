#include "serve/http/access.hpp"

#include <gtest/gtest.h>

namespace ringlet::serve {
namespace {

/// The status of a call; 200 if it is allowed.
int status_of(const AccessRules& rules, const Caller& caller) {
  try {
    check_access(rules, caller);
    return 200;
  } catch (const ApiError& error) {
    return error.status;
  }
}

TEST(ServeAccess, LoopbackIsReachedByItsNamesAlone) {
  const AccessRules rules;
  EXPECT_EQ(status_of(rules, {"/", std::nullopt, "", ""}), 200);
  for (const char* host :
       {"localhost", "localhost:8080", "127.0.0.1:1", "127.1.2.3", "[::1]:80", "LocalHost:80"}) {
    EXPECT_EQ(status_of(rules, {"/", host, "", ""}), 200) << host;
  }
  for (const char* host :
       {"", ":80", "[::1]evil", "[::1", "[]", "localhost:evil.com", "localhost:80:80",
        "localhost:8/", "example.org", "localhost.example.org", "127.0.0.1.example.org", "127.evil",
        "[::2]", "192.168.0.1"}) {
    EXPECT_EQ(status_of(rules, {"/", host, "", ""}), 403) << host;
  }
  EXPECT_EQ(status_of({.on_loopback = false}, {"/", "pi.local:8080", "", ""}), 200);
}

TEST(ServeAccess, ForeignPagesAreRefused) {
  const AccessRules rules{.on_loopback = true, .keys = {}, .cors = "https://a.example"};
  EXPECT_EQ(status_of(rules, {"/v1/models", "localhost:8", "http://localhost:8", ""}), 200);
  EXPECT_EQ(status_of(rules, {"/v1/models", "localhost:8", "http://localhost:9", ""}), 403);
  EXPECT_EQ(status_of(rules, {"/v1/models", "localhost:8", "https://a.example", ""}), 200);
  EXPECT_EQ(status_of(rules, {"/v1/models", "localhost:8", "https://a.example.org", ""}), 403);
  EXPECT_EQ(status_of(rules, {"/v1/models", "localhost:8", "null", ""}), 403);
  EXPECT_TRUE(allows_origin({.cors = "*"}, "https://any.example"));
  EXPECT_FALSE(allows_origin(rules, ""));
}

TEST(ServeAccess, AnyOfTheKeysOpens) {
  const AccessRules rules{.on_loopback = true, .keys = {"one", "two"}, .cors = {}};
  for (const char* good : {"Bearer one", "bearer two"}) {
    EXPECT_EQ(status_of(rules, {"/v1/models", "localhost", "", good}), 200);
  }
  for (const char* bad : {"", "one", "Bearer ", "Bearer on", "Bearer one ", "Basic one"}) {
    EXPECT_EQ(status_of(rules, {"/v1/models", "localhost", "", bad}), 401) << bad;
  }
  EXPECT_EQ(status_of(rules, {"/health", "localhost", "", ""}), 200);
}

}  // namespace
}  // namespace ringlet::serve
