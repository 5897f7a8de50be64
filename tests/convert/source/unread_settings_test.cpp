// A setting that nobody reads is skipped only where it cannot change the arithmetic.
#include "source/unread_settings.hpp"

#include <gtest/gtest.h>

#include <array>

#include "support/convert_checkpoint.hpp"

namespace ringlet::convert {
namespace {

using test::error_of;

constexpr std::array harmless = {HarmlessSetting{"attention_dropout"},
                                 HarmlessSetting{"logit_scale", "0|1"},
                                 HarmlessSetting{"use_rope", "true"}};

std::string error_for(const char* name, const char* value, IgnoredSettings* ignored = nullptr) {
  const std::array settings = {UnreadSetting{name, value}};
  return error_of([&] { refuse_unread("config.json", "llama.", settings, harmless, ignored); });
}

TEST(UnreadSettings, NamesThatTellOfArithmeticAreRefused) {
  for (const char* name :
       {"rope_beta", "attention.causal", "attn_gate", "qk_norm_type", "embedding_scale",
        "residual_multiplier", "final_logit_cap", "num_expert_groups", "moe_layers",
        "sliding_window_2", "useAlibi", "ffn_activation", "mscale_all"}) {
    EXPECT_NE(error_for(name, "3").find(name), std::string::npos) << name;
  }
  EXPECT_EQ(error_for("attention.foo", "3"),
            "config.json: llama.attention.foo = 3 is not supported: it is unknown here and could "
            "change results (--ignore-setting llama.attention.foo converts as if it were absent)");
}

TEST(UnreadSettings, OthersAreSkipped) {
  for (const char* name : {"dropout", "transformers_version", "vocab_file", "initializer_range",
                           "torch_dtype", "use_cache"}) {
    EXPECT_EQ(error_for(name, "3"), "no error") << name;
  }
}

TEST(UnreadSettings, HarmlessOnesAreSkippedForTheirValues) {
  EXPECT_EQ(error_for("attention_dropout", "0.1"), "no error");
  EXPECT_EQ(error_for("logit_scale", "1"), "no error");
  EXPECT_EQ(error_for("logit_scale", "1.0"), "no error");
  EXPECT_EQ(error_for("logit_scale", "0"), "no error");
  EXPECT_NE(error_for("logit_scale", "10").find("= 10 is not supported; only 0 or 1 is"),
            std::string::npos);
  EXPECT_NE(error_for("logit_scale", "a list").find("only 0 or 1 is"), std::string::npos);
  EXPECT_EQ(error_for("use_rope", "true"), "no error");
  EXPECT_NE(error_for("use_rope", "false").find("only true is"), std::string::npos);
}

TEST(UnreadSettings, TheUserCanIgnoreThem) {
  IgnoredSettings ignored({"llama.rope_beta", "llama.rope_gamma"});
  EXPECT_EQ(error_for("rope_beta", "3", &ignored), "no error");
  EXPECT_NE(error_for("rope_alpha", "3", &ignored), "no error");
  EXPECT_EQ(ignored.never_met(), std::vector<std::string>{"llama.rope_gamma"});
}

}  // namespace
}  // namespace ringlet::convert
