// Prefill by XNNPACK: logits against the float64 reference, memory, and the check at start.
//
// Bounds: if the library has nothing else, INT8 and INT4 matrices are the file's own values in
// float32 operators. Only lm_head then differs from the reference, because the kernels compute its
// product with quantized activations (0.5 %). Operators that quantize a whole token with one scale
// have a step of 1/127 of its largest activation, about 3.5 times their root mean square: 0.8 % for
// each of fifteen products, 3 % together. Requantized weights add as much.
#include "xnnpack/xnnpack_prefill.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <ostream>
#include <string>

#include "no_heap/counting_allocator.hpp"
#include "reference/transformer.hpp"
#include "ringlet/linux/failure.hpp"
#include "ringlet/linux/threads.hpp"
#include "ringlet/memory_plan.hpp"
#include "support/reference_weights.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

constexpr bool quantizes = RINGLET_XNNPACK_GENERATION >= 2024;
constexpr convert::WriteOptions all_f16 = {MatrixFormat::f16, MatrixFormat::f16, MatrixFormat::f16};

/// Rows that fill no panel, columns that fill no group, and a hidden width that fills both.
Recipe awkward() {
  Recipe recipe{.architecture = architecture_with_heads(3, 1, 24)};
  recipe.architecture.dim = 72;
  recipe.architecture.hidden_dim = 160;
  return recipe;
}

/// Whole groups everywhere.
Recipe even() {
  Recipe recipe{.architecture = architecture_with_heads(4, 2, 32)};
  recipe.architecture.dim = 128;
  recipe.architecture.hidden_dim = 352;
  return recipe;
}

/// A session whose prompts XNNPACK multiplies.
struct XnnpackSession {
  XnnpackSession(const Model& model, Config config, std::uint32_t threads)
      : team(threads),
        settings(complete(model, config, threads)),
        live(model, settings, team.team()),
        prefill(model, settings, scalar_kernels(), live.session.accelerator_memory()) {
    EXPECT_TRUE(live.session.set_accelerator(prefill.accelerator()).ok());
  }

  static Config complete(const Model& model, Config config, std::uint32_t threads) {
    config.threads = threads;
    config.accelerator_bytes = port::xnnpack_bytes(model, config);
    return config;
  }

  port::ThreadTeam team;
  Config settings;
  LiveSession live;
  port::XnnpackPrefill prefill;
};

struct Case {
  const char* name;
  convert::WriteOptions options;
  double tolerance;
};
void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

class Xnnpack : public testing::TestWithParam<Case> {};

TEST_P(Xnnpack, LogitsAreThoseOfTheReference) {
  for (Recipe recipe : {awkward(), even()}) {
    recipe.architecture.trained_context = 64;
    const LoadedModel file(recipe, GetParam().options);
    const std::vector<TokenId> tokens = random_tokens(33, recipe.architecture.vocab_size, 7);
    reference::Transformer oracle(weights_of(file.model), 4, 60);
    std::vector<double> expected;
    for (const TokenId token : tokens) expected = oracle.forward(token);
    for (const std::uint32_t chunk : {2U, 7U, 16U, 33U}) {
      for (const std::uint32_t threads : {1U, 2U}) {
        XnnpackSession session(file.model, {.kv = KvFormat::f32, .prefill_chunk = chunk}, threads);
        ASSERT_TRUE(session.live.session.prefill(tokens).ok());
        double error = 0;
        double size = 0;
        for (std::size_t v = 0; v < expected.size(); ++v) {
          error += std::pow(session.live.session.logits()[v] - expected[v], 2);
          size += expected[v] * expected[v];
        }
        EXPECT_LT(std::sqrt(error / size), GetParam().tolerance)
            << recipe.architecture.dim << " " << chunk << " " << threads;
        RecordProperty("error", std::to_string(std::sqrt(error / size)));
      }
    }
  }
}

TEST_P(Xnnpack, ProductsAreThoseOfTheKernels) {
  for (const Recipe& recipe : {awkward(), even()}) {
    const LoadedModel file(recipe, GetParam().options);
    for (const std::uint32_t threads : {1U, 2U, 5U}) {
      XnnpackSession session(file.model, {.prefill_chunk = 19}, threads);
      EXPECT_EQ(
          port::find_wrong_product(session.prefill.accelerator(), file.model, 19, scalar_kernels(),
                                   session.team.team(), port::XnnpackPrefill::tolerances()),
          "");
    }
  }
}

TEST_P(Xnnpack, NothingIsAllocatedAfterCreation) {
  const LoadedModel file(even(), GetParam().options);
  const std::vector<TokenId> tokens = random_tokens(50, file.model.architecture().vocab_size, 3);
  XnnpackSession session(file.model, {.prefill_chunk = 16}, 2);
  const port::SealedArea::Counters created = session.prefill.counters();
  EXPECT_GE(created.taken, 2U * 2 * 7 * file.model.architecture().layers);
  EXPECT_EQ(created.refused, 0U);
  EXPECT_LE(created.used, session.settings.accelerator_bytes);
  const std::uint64_t late = port::LendArea::late_requests();
  std::uint64_t calls = 0;
  bool right = true;
  {
    HeapWatch watch;
    for (const std::size_t piece : {50U, 7U, 16U, 2U}) {
      session.live.session.reset();
      for (std::size_t i = 0; i < tokens.size(); i += piece) {
        right = right &&
                session.live.session.prefill(std::span(tokens).subspan(i, std::min(piece, 50 - i)))
                    .ok();
      }
    }
    calls = watch.calls();
  }
  EXPECT_TRUE(right);
  EXPECT_EQ(calls, 0U);
  EXPECT_EQ(session.prefill.counters().taken, created.taken);
  EXPECT_EQ(session.prefill.counters().refused, 0U);
  EXPECT_EQ(port::LendArea::late_requests(), late);
}

INSTANTIATE_TEST_SUITE_P(Formats, Xnnpack,
                         testing::Values(Case{"f32", all_f32, 1e-5}, Case{"f16", all_f16, 1e-5},
                                         Case{"int8", all_int8, quantizes ? 0.06 : 0.01},
                                         Case{"int4", all_int4, quantizes ? 0.06 : 0.01}),
                         [](const testing::TestParamInfo<Case>& instance) {
                           return std::string(instance.param.name);
                         });

TEST(XnnpackMemory, ASealedAreaRefusesAndCounts) {
  AlignedBytes memory{1024};
  port::SealedArea area(memory.span());
  void* first = area.take(100);
  EXPECT_EQ(first, memory.span().data());
  EXPECT_EQ(area.take(4), memory.span().data() + 128);
  EXPECT_EQ(area.counters().used, 132U);
  EXPECT_EQ(area.take(1024), nullptr);
  EXPECT_EQ(area.counters().first_refused, 1024U);
  area.seal();
  EXPECT_EQ(area.take(1), nullptr);
  EXPECT_EQ(area.counters().taken, 2U);
  EXPECT_EQ(area.counters().refused, 2U);
}

TEST(XnnpackMemory, AnOperatorAfterwardsIsAnErrorAndNotTheHeap) {
  const LoadedModel file(even(), all_f32);
  const XnnpackSession session(file.model, {}, 1);
  const AlignedBytes weights{16 * 32 * sizeof(float)};
  const auto* floats = reinterpret_cast<const float*>(weights.span().data());
  const std::uint64_t before = port::LendArea::late_requests();
  HeapWatch watch;
  xnn_operator_t op = port::create_operator(
      port::OperatorKind::floats, {.rows = 16, .columns = 32, .x_stride = 32, .y_stride = 16},
      {.floats = floats});
  EXPECT_EQ(op, nullptr);
  EXPECT_EQ(watch.calls(), 0U);
  EXPECT_GT(port::LendArea::late_requests(), before);
  EXPECT_EQ(session.prefill.counters().refused, 0U);
}

TEST(XnnpackMemory, TooSmallAnAreaIsRefusedWithTheBytes) {
  const LoadedModel file(even(), all_int8);
  const Config config = XnnpackSession::complete(file.model, {}, 2);
  AlignedBytes memory{static_cast<std::size_t>(config.accelerator_bytes)};
  const std::string needed = std::to_string(config.accelerator_bytes);
  for (const std::size_t bytes : {std::size_t{0}, memory.span().size() - 1}) {
    try {
      const port::XnnpackPrefill refused(file.model, config, scalar_kernels(),
                                         memory.span().first(bytes));
      FAIL() << bytes;
    } catch (const port::Failure& failure) {
      EXPECT_EQ(std::string(failure.what()),
                "XNNPACK: the memory set aside for it is too small (needs " + needed + ", got " +
                    std::to_string(bytes) + ")");
    }
  }
}

/// XNNPACK with one wrong number, in the last token if there are that many.
struct Broken {
  Accelerator real;
  std::uint32_t tokens = 0;
  std::uint32_t row = 0;
  bool fails = false;

  static bool multiply(void* user_data, const Team& team, const MatrixProduct& product) {
    const auto& broken = *static_cast<const Broken*>(user_data);
    if (!broken.real.multiply(broken.real.user_data, team, product)) return false;
    if (product.tokens != broken.tokens) return true;
    product.y[(product.tokens - 1) * std::size_t{product.y_stride} + broken.row] += 1e6F;
    return !broken.fails;
  }
};

TEST(XnnpackCheck, ASessionFallsBackToTheKernels) {
  const LoadedModel file(even(), all_f32);
  const std::vector<TokenId> tokens = random_tokens(16, file.model.architecture().vocab_size, 9);
  LiveSession kernels(file.model, {});
  XnnpackSession session(file.model, {}, 1);
  ASSERT_TRUE(kernels.session.prefill(tokens).ok());
  const auto logits = [&] {
    session.live.session.reset();
    EXPECT_TRUE(session.live.session.prefill(tokens).ok());
    return logits_of(session.live.session);
  };
  const auto use = [&](const Accelerator& accelerator) {
    return port::set_if_right(session.live.session, accelerator, scalar_kernels(),
                              session.team.team(), port::XnnpackPrefill::tolerances());
  };
  EXPECT_EQ(use(session.prefill.accelerator()), "");
  EXPECT_FALSE(same_bits(logits(), logits_of(kernels.session)));
  Broken broken{session.prefill.accelerator(), 16};
  EXPECT_NE(use({Broken::multiply, &broken}), "");
  EXPECT_TRUE(same_bits(logits(), logits_of(kernels.session)));
}

TEST(XnnpackCheck, SeesOneWrongNumberForOneNumberOfTokens) {
  const LoadedModel file(awkward(), all_int4);
  XnnpackSession session(file.model, {.prefill_chunk = 40}, 2);
  Broken broken{session.prefill.accelerator()};
  const auto wrong = [&] {
    return port::find_wrong_product({Broken::multiply, &broken}, file.model, 40, scalar_kernels(),
                                    session.team.team(), port::XnnpackPrefill::tolerances());
  };
  EXPECT_EQ(wrong(), "");
  for (const std::uint32_t tokens : {2U, 13U, 17U, 40U}) {
    broken.tokens = tokens;
    broken.row = tokens % 2 == 0 ? 0 : 71;
    EXPECT_EQ(wrong().find(std::to_string(tokens) + " tokens by an int4 matrix of 72 x 72 (token " +
                           std::to_string(tokens - 1) + " is off by "),
              0U)
        << wrong();
  }
  broken.row = 73;  // pads the last panel
  EXPECT_NE(wrong().find("is incomplete"), std::string::npos) << wrong();
  broken.fails = true;
  EXPECT_NE(wrong().find("(it fails)"), std::string::npos) << wrong();
}

}  // namespace
}  // namespace ringlet::test
