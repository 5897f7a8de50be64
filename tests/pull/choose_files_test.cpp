// Also tests gguf_files.cpp.
#include "pull/choose_files.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ringlet/linux/failure.hpp"

namespace ringlet::pull {
namespace {

Repository repository_of(const std::vector<std::string>& paths) {
  Repository repository{.id = "a/b", .commit = std::string(40, 'a')};
  for (const std::string& path : paths) repository.files.push_back({.path = path, .bytes = 1024});
  return repository;
}

std::vector<std::string> paths_of(const std::vector<RemoteFile>& files) {
  std::vector<std::string> paths;
  for (const RemoteFile& file : files) paths.push_back(file.path);
  return paths;
}

FileChoice choose(const Repository& repository, const std::string& rest = "") {
  return choose_files(repository, parse_source_name("a/b" + rest));
}

using Paths = std::vector<std::string>;

TEST(ChooseFiles, TakesTheBestTokenizer) {
  const Paths others = {"config.json", "model.safetensors", "tokenizer_config.json", "README.md"};
  Paths all = others;
  all.insert(all.end(), {"tokenizer.json", "tokenizer.model", "vocab.json", "merges.txt"});
  EXPECT_EQ(paths_of(choose(repository_of(all)).small),
            (Paths{"config.json", "tokenizer_config.json", "tokenizer.json"}));
  all = others;
  all.insert(all.end(), {"vocab.json", "merges.txt"});
  EXPECT_EQ(paths_of(choose(repository_of(all)).small),
            (Paths{"config.json", "tokenizer_config.json", "vocab.json", "merges.txt"}));
}

TEST(ChooseFiles, FindsShardsByTheIndex) {
  const Repository repository = repository_of(
      {"config.json", "model.safetensors.index.json", "b.safetensors", "a.safetensors", "x/c"});
  FileChoice choice = choose(repository);
  EXPECT_TRUE(choice.is_sharded);
  add_shards(
      choice, repository,
      R"({"weight_map": {"p": "b.safetensors", "q": "a.safetensors", "r": "b.safetensors"}})");
  EXPECT_EQ(paths_of(choice.weights), (Paths{"a.safetensors", "b.safetensors"}));
  for (const char* index :
       {"", "{}", R"({"weight_map": {}})", R"({"weight_map": {"p": 5}})",
        R"({"weight_map": {"p": "x/c"}})", R"({"weight_map": {"p": "config.json"}})",
        R"({"weight_map": {"p": "../a.safetensors"}})"}) {
    FileChoice other = choose(repository);
    EXPECT_THROW(add_shards(other, repository, index), port::Failure) << index;
  }
}

TEST(ChooseFiles, KnowsTagsOfGgufFiles) {
  const Repository repository = repository_of(
      {"m-Q4_0.gguf", "m.Q8_0.gguf", "m-UD-Q4_K_XL.gguf", "m-Q4_K_XL.gguf", "mmproj-m-F16.gguf",
       "f16/m-f16-00001-of-00002.gguf", "f16/m-f16-00002-of-00002.gguf", "m.imatrix.gguf",
       "m-BF16-00001-of-00002.gguf", "plain.gguf", "m-instruct-q2b.gguf"});
  const auto chosen = [&](const char* tag) {
    return paths_of(choose(repository, std::string(":") + tag).weights);
  };
  EXPECT_EQ(chosen("Q4_0"), Paths{"m-Q4_0.gguf"});
  EXPECT_EQ(chosen("q8_0"), Paths{"m.Q8_0.gguf"});
  EXPECT_EQ(chosen("UD-Q4_K_XL"), Paths{"m-UD-Q4_K_XL.gguf"});
  EXPECT_EQ(chosen("Q4_K_XL"), Paths{"m-Q4_K_XL.gguf"});
  EXPECT_EQ(chosen("F16"),
            (Paths{"f16/m-f16-00001-of-00002.gguf", "f16/m-f16-00002-of-00002.gguf"}));
  EXPECT_EQ(chosen("plain"), Paths{"plain.gguf"});
  EXPECT_EQ(chosen("plain.gguf"), Paths{"plain.gguf"});
  for (const char* tag : {"BF16", "Q4", "m", "imatrix", "none.gguf"}) {
    EXPECT_THROW((void)chosen(tag), port::Failure) << tag;
  }
  EXPECT_THROW((void)choose(repository), port::Failure);
}

TEST(ChooseFiles, PrefersTheFolderUnlessAFileIsNamed) {
  const Repository repository = repository_of({"config.json", "model.safetensors", "m-Q4_0.gguf"});
  EXPECT_FALSE(choose(repository).is_gguf());
  EXPECT_EQ(choose(repository).source(repository), "a/b");
  EXPECT_EQ(choose(repository, ":Q4_0").source(repository), "a/b:Q4_0");
  EXPECT_EQ(choose(repository, "/m-Q4_0.gguf").converter_source("/f"), "/f/m-Q4_0.gguf");
}

}  // namespace
}  // namespace ringlet::pull
