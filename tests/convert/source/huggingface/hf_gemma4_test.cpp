// Settings of Gemma 4 that a folder can have in other ways than published ones.
#include <gtest/gtest.h>

#include <cmath>

#include "source/huggingface/hf_config.hpp"
#include "source/json_file.hpp"
#include "support/convert_checkpoint.hpp"
#include "support/families.hpp"

namespace ringlet::convert {
namespace {

using test::error_of;

nlohmann::json config_of_gemma4() {
  for (const test::Family& family : test::gemma_families()) {
    if (std::string_view(family.name) == "gemma4") return family.make().config;
  }
  return {};
}

ModelShape shape_of(const nlohmann::json& config) {
  const JsonDocument document(config.dump(), "config.json");
  return read_hf_config(document.root());
}

TEST(HfGemma4, TheLastLayerHasNoWindowWhateverTheListSays) {
  nlohmann::json config = config_of_gemma4();
  config["num_kv_shared_layers"] = 0;
  config["layer_types"] = {"sliding_attention", "sliding_attention", "sliding_attention",
                           "sliding_attention"};
  const ModelShape shape = shape_of(config);
  EXPECT_EQ(shape.layers[2].window, 8U);
  EXPECT_EQ(shape.layers[3].window, 0U);
  EXPECT_EQ(shape.layers[3].rotary, Rotary::global);
}

TEST(HfGemma4, OnlyProportionalFrequenciesAreDivided) {
  nlohmann::json config = config_of_gemma4();
  EXPECT_EQ(shape_of(config).rotary.factors[0], 4);
  EXPECT_TRUE(std::isinf(shape_of(config).rotary.factors[4]));
  nlohmann::json& full = config["rope_parameters"]["full_attention"];
  full["rope_type"] = "default";
  full["partial_rotary_factor"] = 1.0;
  EXPECT_EQ(shape_of(config).rotary.factors[0], 1);
  EXPECT_EQ(shape_of(config).rotary.factors[15], 1);
}

TEST(HfGemma4, ReadersFindTheLastLayerOfTheirKind) {
  nlohmann::json config = config_of_gemma4();
  EXPECT_EQ(shape_of(config).layers[2].cache_of, 0U);
  EXPECT_EQ(shape_of(config).layers[3].cache_of, 1U);
  EXPECT_EQ(shape_of(config).layers[1].cache_of, std::nullopt);
  config["num_kv_shared_layers"] = 4;
  EXPECT_NE(error_of([&] { shape_of(config); }).find("leaves no layer with a cache"),
            std::string::npos);
  config["num_kv_shared_layers"] = 3;
  EXPECT_NE(error_of([&] { shape_of(config); }).find("none is like it"), std::string::npos);
}

TEST(HfGemma4, DirectionsOfPicturesDoNotMatter) {
  nlohmann::json config = config_of_gemma4();
  for (const nlohmann::json& fine :
       {nlohmann::json("vision"), nlohmann::json(), nlohmann::json(false)}) {
    config["use_bidirectional_attention"] = fine;
    EXPECT_EQ(shape_of(config).layers.size(), 4U);
  }
  config["use_bidirectional_attention"] = "all";
  EXPECT_NE(error_of([&] { shape_of(config); }).find("use_bidirectional_attention"),
            std::string::npos);
}

}  // namespace
}  // namespace ringlet::convert
