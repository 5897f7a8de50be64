// The list of families is that of the importers. What it says of tests is checked beside these, in
// runtime/decoder/families_test.cpp, gguf_families_test.cpp and golden/huggingface_test.cpp.
#include "source/families.hpp"

#include <gtest/gtest.h>

#include <set>

#include "source/gguf/gguf_config.hpp"
#include "source/huggingface/hf_config.hpp"
#include "source/huggingface/hf_wrapper.hpp"

namespace ringlet::convert {
namespace {

using Names = std::set<std::string>;

Names names_of(const std::vector<std::string>& list) { return {list.begin(), list.end()}; }

Names listed(const char* KnownFamily::*list) {
  Names names;
  for (const KnownFamily& family : known_families())
    names.merge(names_of(family_names(family.*list)));
  return names;
}

TEST(Families, AreThoseOfTheImporters) {
  Names readers = names_of(hf_family_names());
  readers.merge(names_of(hf_wrapper_names()));
  EXPECT_EQ(listed(&KnownFamily::model_types), readers);
  EXPECT_EQ(listed(&KnownFamily::architectures), names_of(gguf_family_names()));
}

TEST(Families, AreProvedInKnownWays) {
  std::string letters;
  for (const FamilyProof& proof : family_proofs()) letters += proof.letter;
  for (const KnownFamily& family : known_families()) {
    EXPECT_FALSE(std::string(family.proofs).empty()) << family.model_types;
    EXPECT_EQ(std::string(family.proofs).find_first_not_of(letters), std::string::npos)
        << family.model_types;
    EXPECT_FALSE(std::string(family.beyond).empty()) << family.model_types;
  }
}

TEST(Families, HaveListsOfNames) {
  EXPECT_EQ(family_names(""), std::vector<std::string>{});
  EXPECT_EQ(family_names("a"), std::vector<std::string>{"a"});
  EXPECT_EQ(family_names("a, b-c"), (std::vector<std::string>{"a", "b-c"}));
  EXPECT_TRUE(is_known_model_type("mistral3"));
  EXPECT_TRUE(is_known_architecture("hunyuan-dense"));
  for (const char* name : {"", "mistral", "gpt_neo", "qwen3_5_text, qwen3_5"}) {
    EXPECT_FALSE(is_known_architecture(name)) << name;
  }
  EXPECT_FALSE(is_known_model_type("qwen35"));
}

}  // namespace
}  // namespace ringlet::convert
