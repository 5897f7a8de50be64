// Logits do not depend on whether keys and values were cached or are all computed again for the
// token, as a program without a cache must do: for every family and every format of the cache, at
// every position that the context holds.
#include <gtest/gtest.h>

#include <string>

#include "support/families.hpp"
#include "support/family_models.hpp"
#include "support/kernel_sets.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

struct CacheFormat {
  const char* name;
  KvFormats kv;
};
constexpr CacheFormat cache_formats[] = {{"f32", KvFormat::f32},
                                         {"f16", KvFormat::f16},
                                         {"int8", KvFormat::int8},
                                         {"k8v4", {KvFormat::int8, KvFormat::int4}},
                                         {"int4", KvFormat::int4}};

/// Longer than the windows of some families' layers (8), than Phi-3's short factors reach (32),
/// and than the hot window of an INT4 cache by more than a page.
constexpr std::uint32_t context = 60;

class WithoutCache : public testing::TestWithParam<std::size_t> {
 protected:
  /// Chunks of 7, so that the recomputation cuts pages and windows elsewhere than single tokens.
  static Config config(const CacheFormat& format) {
    return {.context = context,
            .sinks = 2,
            .kv = format.kv,
            .hot_window = 16,
            .prefill_chunk = 7,
            .allow_longer_context = true};
  }

  const Model& model = family_model(GetParam()).model;
  std::vector<TokenId> tokens = random_tokens(context, family_vocabulary, 11);
};

TEST_P(WithoutCache, EveryLogitHasTheSameBits) {
  for (const CacheFormat& format : cache_formats) {
    LiveSession cached(model, config(format), {}, *kernel_sets().front());
    LiveSession recomputed(model, config(format), {}, *kernel_sets().front());
    for (std::size_t count = 1; count <= tokens.size(); ++count) {
      ASSERT_TRUE(cached.session.step(tokens[count - 1]).ok());
      recomputed.session.reset();
      ASSERT_TRUE(recomputed.session.prefill(std::span(tokens).first(count)).ok());
      ASSERT_FALSE(cached.session.logits().empty());
      ASSERT_TRUE(same_bits(cached.session.logits(), recomputed.session.logits()))
          << format.name << ", " << count << " tokens";
    }
  }
}

/// What a cache has to hold is the keys and values themselves: other earlier tokens, other logits.
TEST_P(WithoutCache, ButNotWithOtherTokensBefore) {
  const Config f32 = config(cache_formats[0]);
  LiveSession cached(model, f32);
  LiveSession other(model, f32);
  prefill_in_pieces(cached.session, tokens, context);
  ++tokens[context - 3] %= family_vocabulary;
  prefill_in_pieces(other.session, tokens, context);
  EXPECT_FALSE(same_bits(cached.session.logits(), other.session.logits()));
}

INSTANTIATE_TEST_SUITE_P(Families, WithoutCache,
                         testing::Range(std::size_t{0}, runtime_families().size()),
                         [](const testing::TestParamInfo<std::size_t>& instance) {
                           return std::string(runtime_families()[instance.param].name);
                         });

}  // namespace
}  // namespace ringlet::test
