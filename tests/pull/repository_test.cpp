#include "pull/repository.hpp"

#include <gtest/gtest.h>

#include <string>

#include "ringlet/linux/failure.hpp"

namespace ringlet::pull {
namespace {

const std::string commit(40, 'a');

std::string listing(const std::string& siblings) {
  return R"({"id": "a/b", "sha": ")" + commit + R"(", "siblings": [)" + siblings + "]}";
}

std::string entry(const std::string& name) {
  return R"({"rfilename": ")" + name + R"(", "size": 5, "blobId": ")" + std::string(40, 'b') +
         R"("})";
}

TEST(Repository, ReadsSizesAndChecksums) {
  const std::string large = R"({"rfilename": "w.safetensors", "size": 134, "blobId": ")" +
                            std::string(40, 'c') + R"(", "lfs": {"size": 8000000000, "sha256": ")" +
                            std::string(64, 'D') + R"(", "pointerSize": 134}})";
  const Repository repository = read_repository(listing(entry("config.json") + "," + large), "a/b");
  EXPECT_EQ(repository.id, "a/b");
  EXPECT_EQ(repository.commit, commit);
  ASSERT_EQ(repository.files.size(), 2U);
  EXPECT_EQ(repository.files[0].checksum, (Checksum{ChecksumKind::git_blob, std::string(40, 'b')}));
  EXPECT_EQ(repository.files[1].bytes, 8'000'000'000U);
  EXPECT_EQ(repository.files[1].checksum, (Checksum{ChecksumKind::sha256, std::string(64, 'd')}));
  EXPECT_EQ(repository.find("w.safetensors"), &repository.files[1]);
  EXPECT_EQ(repository.find("W.safetensors"), nullptr);
}

TEST(Repository, LeavesOutWhatCannotBeStoredOrChecked) {
  for (const char* name : {"..", ".", "", ".hidden", "a/", "a/..", "-x", "a\\\\b", "a b", "a\\nb",
                           "a\\u0000b", "\xC3\xA9"}) {
    EXPECT_TRUE(read_repository(listing(entry(name)), "a/b").files.empty()) << name;
  }
  EXPECT_TRUE(read_repository(listing(R"({"rfilename": "x", "size": 5})"), "a/b").files.empty());
  for (const char* path : {"a/../b", "../b", "/b", "a//b", "./b", ".git/b"}) {
    EXPECT_TRUE(read_repository(listing(entry(path)), "a/b").files.empty()) << path;
  }
  EXPECT_EQ(read_repository(listing(entry("a/b")), "a/b").files.front().name(), "b");
}

TEST(Repository, RefusesNonsense) {
  for (const char* text : {"", "null", "[]", "{}", R"({"id": "a/b"})", R"({"id": 5, "sha": "a"})",
                           R"({"id": "a/b", "sha": "main", "siblings": []})"}) {
    EXPECT_THROW((void)read_repository(text, "a/b"), port::Failure) << text;
  }
  EXPECT_THROW((void)read_repository(listing("5"), "a/b"), port::Failure);
}

}  // namespace
}  // namespace ringlet::pull
