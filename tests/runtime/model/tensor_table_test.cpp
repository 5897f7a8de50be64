// The table of tensors has what the schema has: a row for each matrix and vector of a layer and of
// the model, under its name.
#include "model/tensor_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "model/tensors.hpp"
#include "support/model_image.hpp"

namespace ringlet::test {
namespace {

/// "wq matrix 6" for each tensor among the fields of a table.
template <typename Table>
std::vector<std::string> tensors_of_schema() {
  std::vector<std::string> tensors;
  const auto note = [&]<std::size_t field>(std::integral_constant<std::size_t, field>) {
    using Getter = typename Table::Traits::template FieldType<field>;
    constexpr bool is_matrix = std::is_same_v<Getter, const schema::Matrix*>;
    if (is_matrix || std::is_same_v<Getter, const schema::Vector*>) {
      tensors.push_back(std::string(Table::Traits::field_names[field]) +
                        (is_matrix ? " matrix " : " vector ") + std::to_string(4 + 2 * field));
    }
  };
  [&]<std::size_t... field>(std::index_sequence<field...>) {
    (note(std::integral_constant<std::size_t, field>()), ...);
  }
  (std::make_index_sequence<Table::Traits::fields_number>());
  std::sort(tensors.begin(), tensors.end());
  return tensors;
}

std::vector<std::string> tensors_of_rows(std::vector<TensorRow> rows, std::string_view prefix) {
  std::vector<std::string> tensors;
  for (const TensorRow& row : rows) {
    EXPECT_EQ(std::string_view(row.name).substr(0, prefix.size()), prefix);
    tensors.push_back(row.name + prefix.size() +
                      std::string(row.is_matrix() ? " matrix " : " vector ") +
                      std::to_string(row.field));
  }
  std::sort(tensors.begin(), tensors.end());
  return tensors;
}

TEST(TensorTable, HasTheTensorsOfALayer) {
  EXPECT_EQ(tensors_of_rows({layer_tensors.begin(), layer_tensors.end()}, "layers."),
            tensors_of_schema<schema::Layer>());
}

TEST(TensorTable, HasTheTensorsOfTheModel) {
  std::vector<TensorRow> rows(tensors_before_layers.begin(), tensors_before_layers.end());
  rows.insert(rows.end(), tensors_after_layers.begin(), tensors_after_layers.end());
  EXPECT_EQ(tensors_of_rows(rows, ""), tensors_of_schema<schema::Model>());
}

TEST(TensorTable, IsInTheOrderOfThePlanes) {
  const LoadedModel file({.architecture = small_architecture(), .key_bias = 1}, all_f32);
  std::vector<std::string> names;
  std::uint64_t end = 0;
  const Status status = for_each_tensor(
      *file.model.tables(), file.model.architecture(), [&](const TensorRef& tensor) -> Status {
        names.emplace_back(tensor.name);
        const bool is_matrix = tensor.matrix != nullptr;
        EXPECT_GE(is_matrix ? tensor.matrix->codes_offset() : tensor.vector->offset(), end);
        end = is_matrix ? tensor.matrix->codes_offset() + tensor.matrix->codes_size()
                        : tensor.vector->offset() + tensor.vector->size();
        EXPECT_EQ(is_matrix ? tensor.matrix->rows() : tensor.vector->length(), tensor.rows);
        return {};
      });
  EXPECT_TRUE(status.ok());
  const std::vector<std::string> layer = {
      "layers.attention_norm", "layers.wq",     "layers.wk",   "layers.wv",     "layers.wo",
      "layers.ffn_norm",       "layers.w_gate", "layers.w_up", "layers.w_down", "layers.key_bias"};
  std::vector<std::string> expected = {"embedding"};
  for (int i = 0; i < 2; ++i) expected.insert(expected.end(), layer.begin(), layer.end());
  expected.emplace_back("final_norm");
  EXPECT_EQ(names, expected);
}

TEST(TensorTable, StopsAtTheFirstFailure) {
  const LoadedModel file({.architecture = small_architecture()}, all_f32);
  int visited = 0;
  const Status status = for_each_tensor(*file.model.tables(), file.model.architecture(),
                                        [&](const TensorRef& tensor) -> Status {
                                          ++visited;
                                          if (tensor.layer < 1) return {};
                                          return Status(ErrorCode::invalid_model, tensor.name, "");
                                        });
  EXPECT_EQ(status.where(), std::string("layers.attention_norm"));
  EXPECT_EQ(visited, 1 + 9 + 1);
}

}  // namespace
}  // namespace ringlet::test
