// Sessions through the C interface.
#include "device/c_rig.hpp"
#include "ringlet/digest.hpp"

namespace ringlet::test {
namespace {

TEST(CApi, DecodesTheSameBits) {
  Rig rig;
  ASSERT_EQ(rig.created.code, RINGLET_OK);
  EXPECT_TRUE(rig.same_logits()) << "none yet";
  const TokenId prompt[] = {1, 20, 300, 4, 500, 60, 700};
  ASSERT_TRUE(rig.session.prefill(prompt).ok());
  ASSERT_EQ(ringlet_session_prefill(&rig.c_session, prompt, std::size(prompt), nullptr).code,
            RINGLET_OK);
  EXPECT_TRUE(rig.same_logits());
  ASSERT_TRUE(rig.session.step(99).ok());
  ASSERT_EQ(ringlet_session_step(&rig.c_session, 99).code, RINGLET_OK);
  EXPECT_TRUE(rig.same_logits());
  EXPECT_EQ(ringlet_session_position(&rig.c_session), 8U);
  EXPECT_EQ(ringlet_session_truncate(&rig.c_session, 7).code, RINGLET_OK);
  EXPECT_EQ(ringlet_session_position(&rig.c_session), 7U);
  EXPECT_TRUE(ringlet_session_logits(&rig.c_session) == nullptr);
  ringlet_session_reset(&rig.c_session);
  EXPECT_EQ(ringlet_session_position(&rig.c_session), 0U);
  EXPECT_EQ(ringlet_session_config(&rig.c_session).hot_window, 16U);
  const ringlet_model model = ringlet_session_model(&rig.c_session);
  EXPECT_EQ(ringlet_model_bytes(&model).size, rig.model.bytes().size());
}

TEST(CApi, HasTheSameDigestAndExecution) {
  Rig rig;
  std::uint64_t value = 0;
  const ringlet_execution execution = ringlet_execution_default();
  EXPECT_EQ(execution.prefetch_bytes, Execution{}.prefetch_bytes);
  ASSERT_EQ(ringlet_session_set_execution(&rig.c_session, &execution).code, RINGLET_OK);
  ringlet_digest_options options = ringlet_digest_options_default();
  EXPECT_EQ(options.tokens, DigestOptions{}.tokens);
  EXPECT_TRUE(options.from_start);
  options.tokens = 20;
  options.chunk = 4;
  ASSERT_EQ(ringlet_session_digest(&rig.c_session, &options, &value).code, RINGLET_OK);
  const auto expected = digest(rig.session, {.tokens = 20, .chunk = 1});
  ASSERT_TRUE(expected.ok());
  EXPECT_EQ(value, *expected);
  options.from_start = false;
  ASSERT_EQ(ringlet_session_digest(&rig.c_session, &options, &value).code, RINGLET_OK);
  EXPECT_EQ(value, *digest(rig.session, {.tokens = 20, .chunk = 1, .from_start = false}));
  EXPECT_EQ(ringlet_digest_token(7, 1024, 1), digest_token(7, 1024, 1));
  EXPECT_EQ(std::string_view(ringlet_kernels_name(c_kernels())), kernel_sets().back()->name);
  EXPECT_EQ(ringlet_kernels_self_test(c_kernels()), self_test(*kernel_sets().back()));
  EXPECT_EQ(std::string_view(ringlet_kernels_name(ringlet_kernels_scalar())), "scalar");
}

TEST(CApi, UsesTheTeamAndTellsTheProgress) {
  Rig rig;
  static int runs, reports;
  runs = reports = 0;
  const ringlet_team team{.threads = 1,
                          .user_data = &runs,
                          .run = [](void* user_data, std::uint32_t threads,
                                    void (*work)(void*, std::uint32_t), void* argument) {
                            ++*static_cast<int*>(user_data);
                            for (std::uint32_t thread = 0; thread < threads; ++thread)
                              work(argument, thread);
                          }};
  ASSERT_EQ(ringlet_session_create(&rig.c_session, &rig.c_model, &rig.c_config, c_memory.value,
                                   sizeof c_memory.value, c_kernels(), &team)
                .code,
            RINGLET_OK);
  ringlet_token prompt[40] = {};
  const ringlet_progress stop_at_once{.report =
                                          [](void* user_data, std::uint64_t, std::uint64_t total) {
                                            ++*static_cast<int*>(user_data);
                                            return total != 40;
                                          },
                                      .user_data = &reports};
  const ringlet_status status = ringlet_session_prefill(&rig.c_session, prompt, 40, &stop_at_once);
  EXPECT_EQ(status.code, RINGLET_CANCELLED);
  EXPECT_EQ(status.actual, 16U);
  EXPECT_EQ(reports, 1);
  EXPECT_GT(runs, 0);
}

/// Every output of the narrower matrices is 1/4; the others are left to the kernels.
template <typename Product>
bool quarters(const Product& product) {
  if (product.rows >= product.columns) return false;
  for (std::uint32_t t = 0; t < product.tokens; ++t) {
    for (std::uint32_t n = 0; n < (product.rows + 15) / 16 * 16; ++n) {
      product.y[std::size_t{t} * product.y_stride + n] = n < product.rows ? 0.25F : 0.0F;
    }
  }
  return true;
}

TEST(CSession, AnAcceleratorComputesWhatItTakes) {
  Rig rig;
  const ringlet_token tokens[] = {5, 9, 2, 7};
  ASSERT_EQ(ringlet_session_prefill(&rig.c_session, tokens, 4, nullptr).code, RINGLET_OK);
  ASSERT_TRUE(rig.session.prefill(tokens).ok());
  EXPECT_TRUE(rig.same_logits());
  const ringlet_accelerator accelerator{
      .multiply =
          [](void*, const ringlet_team* team, const ringlet_matrix_product* product) {
            return team->threads == 1 && quarters(*product);
          },
      .user_data = nullptr};
  ASSERT_EQ(ringlet_session_set_accelerator(&rig.c_session, &accelerator).code, RINGLET_OK);
  ASSERT_EQ(ringlet_session_prefill(&rig.c_session, tokens, 4, nullptr).code, RINGLET_OK);
  ASSERT_TRUE(rig.session.prefill(tokens).ok());
  EXPECT_FALSE(rig.same_logits());

  const auto multiply = [](void*, const Team&, const MatrixProduct& product) {
    return quarters(product);
  };
  ASSERT_TRUE(rig.session.set_accelerator({multiply, nullptr}).ok());
  ringlet_session_reset(&rig.c_session);
  rig.session.reset();
  ASSERT_EQ(ringlet_session_prefill(&rig.c_session, tokens, 4, nullptr).code, RINGLET_OK);
  ASSERT_TRUE(rig.session.prefill(tokens).ok());
  EXPECT_TRUE(rig.same_logits());
  EXPECT_EQ(ringlet_session_accelerator_memory(&rig.c_session).size, 0U);
  EXPECT_EQ(ringlet_session_set_accelerator(&rig.c_session, nullptr).code, RINGLET_OK);
}

}  // namespace
}  // namespace ringlet::test
