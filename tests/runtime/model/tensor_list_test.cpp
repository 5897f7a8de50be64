// The public list of tensors has the tensors of the tables, with the bytes that they take.
#include "ringlet/tensor_list.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/model_image.hpp"
#include "support/random_model.hpp"

namespace ringlet {
namespace {

std::vector<TensorInfo> tensors_of(const Model& model) {
  std::vector<TensorInfo> tensors;
  list_tensors(model, [&tensors](const TensorInfo& tensor) { tensors.push_back(tensor); });
  return tensors;
}

TEST(TensorList, NamesFormatsAndSizes) {
  test::Recipe recipe{.architecture = test::small_architecture()};
  recipe.architecture.tied_embedding = false;
  const test::LoadedModel loaded(recipe, test::all_int8);
  const Architecture& a = loaded.model.architecture();
  const std::vector<TensorInfo> tensors = tensors_of(loaded.model);
  ASSERT_FALSE(tensors.empty());
  EXPECT_STREQ(tensors.front().name, "embedding");
  EXPECT_STREQ(tensors.back().name, "lm_head");
  std::uint32_t norms = 0;
  for (const TensorInfo& tensor : tensors) {
    const std::string name = tensor.name;
    EXPECT_EQ(tensor.layer >= 0, name.starts_with("layers.")) << name;
    EXPECT_EQ(tensor.format, tensor.is_matrix ? MatrixFormat::int8 : MatrixFormat::f32) << name;
    EXPECT_EQ(tensor.scales_bytes > 0, tensor.is_matrix) << name;
    EXPECT_GE(tensor.codes_bytes, std::uint64_t{tensor.rows} * tensor.columns) << name;
    if (name == "layers.attention_norm") {
      ++norms;
      EXPECT_EQ(tensor.rows, a.dim);
      EXPECT_EQ(tensor.bytes(), a.dim * sizeof(float));
    }
  }
  EXPECT_EQ(norms, a.layers);
}

TEST(TensorList, AMatrixOfOneColumnIsAMatrix) {
  test::Recipe recipe{.architecture = test::small_architecture()};
  recipe.architecture.hidden_dim = 1;
  const test::LoadedModel loaded(recipe, test::all_int8);
  std::uint32_t found = 0;
  for (const TensorInfo& tensor : tensors_of(loaded.model)) {
    if (std::string(tensor.name) != "layers.w_down") continue;
    EXPECT_EQ(tensor.columns, 1U);
    EXPECT_TRUE(tensor.is_matrix);
    ++found;
  }
  EXPECT_EQ(found, loaded.model.architecture().layers);
}

TEST(TensorList, ATiedModelHasNoOutputProjection) {
  test::Recipe recipe{.architecture = test::small_architecture()};
  recipe.architecture.tied_embedding = true;
  const test::LoadedModel loaded(recipe, test::all_int8);
  EXPECT_STRNE(tensors_of(loaded.model).back().name, "lm_head");
}

}  // namespace
}  // namespace ringlet
