// Configs with a "text_config": what the language model's part leaves out.
#include "source/huggingface/hf_wrapper.hpp"

#include <gtest/gtest.h>

#include "source/huggingface/hf_config.hpp"
#include "support/convert_checkpoint.hpp"

namespace ringlet::convert {
namespace {

using test::error_of;

ModelShape shape_of(const std::string& text) {
  const JsonDocument document(text, "config.json");
  EXPECT_TRUE(is_wrapper(document.root()));
  const JsonDocument inner = text_config(document.root());
  return read_hf_config(inner.root());
}

// The published config.json of google/gemma-3-4b-it, without what concerns pictures.
TEST(HfWrapper, Gemma3HasTheDefaultsThatItLeavesOut) {
  const ModelShape shape = shape_of(R"({
    "architectures": ["Gemma3ForConditionalGeneration"], "boi_token_index": 255999,
    "eos_token_id": [1, 106], "initializer_range": 0.02, "mm_tokens_per_image": 256,
    "model_type": "gemma3", "text_config": {"hidden_size": 2560, "intermediate_size": 10240,
    "model_type": "gemma3_text", "num_hidden_layers": 34, "rope_scaling": {"factor": 8.0,
    "rope_type": "linear"}, "sliding_window": 1024}, "torch_dtype": "bfloat16",
    "vision_config": {"hidden_size": 1152, "vision_use_head": false}})");
  const Architecture& a = shape.architecture;
  EXPECT_EQ(a.vocab_size, 262208U);
  EXPECT_EQ(a.heads, 8U);
  EXPECT_EQ(a.kv_heads, 4U);
  EXPECT_EQ(a.head_dim, 256U);
  EXPECT_EQ(a.trained_context, 131072U);
  EXPECT_EQ(a.attention_scale, 1.0F / 16);
  EXPECT_TRUE(a.tied_embedding);
  EXPECT_EQ(shape.rotary.theta, 1000000);
  EXPECT_EQ(shape.rotary.factors, std::vector<double>(128, 8.0));
  EXPECT_EQ(shape.local_rotary.value().theta, 10000);
  EXPECT_TRUE(shape.local_rotary.value().factors.empty());
  EXPECT_EQ(shape.layers[4].window, 1024U);
  EXPECT_EQ(shape.layers[5].window, 0U);
}

TEST(HfWrapper, SaysOfAllPartsWhatTheTextDoesNotSay) {
  const std::string text =
      R"("text_config":{"vocab_size":40,"hidden_size":48,"intermediate_size":72,)"
      R"("num_hidden_layers":2,"num_attention_heads":4,"max_position_embeddings":64,)"
      R"("sliding_window":null)";
  EXPECT_TRUE(shape_of(R"({"model_type":"mistral3","tie_word_embeddings":true,)" + text + "}}")
                  .architecture.tied_embedding);
  EXPECT_FALSE(shape_of(R"({"model_type":"mistral3","tie_word_embeddings":true,)" + text +
                        R"(,"tie_word_embeddings":false}})")
                   .architecture.tied_embedding);
  EXPECT_EQ(error_of([&] {
              (void)shape_of(R"({"model_type":"mistral3",)" + text + R"(,"attention_wobble":3}})");
            }).find("config.json: text_config: attention_wobble = 3"),
            0U);
  EXPECT_NE(error_of([&] {
              (void)shape_of(R"({"model_type":"pixels",)" + text + "}}");
            }).find("model_type"),
            std::string::npos);
}

TEST(HfWrapper, IsNoOrdinaryConfig) {
  for (const char* text : {R"({"model_type":"llama"})", R"({"text_config":null})", "[]"}) {
    EXPECT_FALSE(is_wrapper(JsonDocument(text, "config.json").root())) << text;
  }
}

}  // namespace
}  // namespace ringlet::convert
