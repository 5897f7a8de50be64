// A whole calibration: a layer alone computes what it does in its model, the result is nearer to
// the unquantized model, and is the same with any number of threads and after an interruption.
#include "calibrate/calibrate_layers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <new>

#include "calibrate/compare_models.hpp"
#include "calibrate/embed_text.hpp"
#include "calibrate/layer_calibration.hpp"
#include "calibrate/layer_run.hpp"
#include "source/huggingface/huggingface.hpp"
#include "support/families.hpp"
#include "support/sessions.hpp"
#include "support/temporary_folder.hpp"
#include "write/temporary_model.hpp"

namespace ringlet::convert {
namespace {

using test::TemporaryFolder;

CalibrationText random_text(std::uint32_t vocabulary, std::uint64_t seed,
                            const std::vector<std::uint32_t>& windows) {
  CalibrationText text;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    text.add_window(test::random_tokens(windows[i], vocabulary, seed + i));
  }
  return text;
}

bool equal(const test::AlignedBytes& a, const test::AlignedBytes& b) {
  return std::equal(a.data(), a.data() + a.size(), b.data(), b.data() + b.size());
}

/// What an observer of the whole model sees at the inputs of one layer's matrices.
struct SeenInputs {
  std::uint32_t layer;
  std::vector<float> rows[inputs_per_layer];

  static void observe(void* user_data, const Observation& seen) {
    auto& inputs = *static_cast<SeenInputs*>(user_data);
    constexpr Tap taps[] = {Tap::attention_input, Tap::attended, Tap::ffn_input, Tap::hidden};
    for (std::size_t i = 0; i < inputs_per_layer && seen.layer == inputs.layer; ++i) {
      if (seen.tap != taps[i]) continue;
      for (std::uint32_t t = 0; t < seen.tokens; ++t) {
        const float* row = seen.rows + std::size_t{t} * seen.stride;
        inputs.rows[i].insert(inputs.rows[i].end(), row, row + seen.columns);
      }
    }
  }
};

class EveryFamily : public testing::TestWithParam<test::Family> {
 protected:
  SourceModel import() const {
    const test::MadeFamily made = GetParam().make();
    made.maker.write(folder.path(), made.config.dump());
    return import_huggingface(folder.path());
  }

  TemporaryFolder folder;
};
INSTANTIATE_TEST_SUITE_P(Families, EveryFamily, testing::ValuesIn(test::runtime_families()),
                         [](const auto& each) { return std::string(each.param.name); });

// Layer after layer, from the result of the one before.
TEST_P(EveryFamily, ComputesALayerAloneAsInTheModel) {
  const SourceModel source = import();
  const test::LoadedModel whole(test::write_image(source, test::all_f32));
  const CalibrationText text = random_text(test::family_vocabulary, 3, {20, 7});
  const std::size_t dim = source.architecture.dim;
  const UnnamedFile file(folder.path());
  RowFile from(file.descriptor(), 0, dim);
  RowFile to(file.descriptor(), text.tokens.size() * dim * sizeof(float), dim);
  embed_text(source, test::all_f32, text, from, to);
  Workers workers(2);
  std::optional<TokenInputs> token_inputs;
  if (source.architecture.per_layer_dim != 0) {
    token_inputs.emplace(source, test::all_f32, text, folder.path());
  }
  const UnnamedFile lent_file(folder.path());
  std::map<std::uint32_t, std::pair<RowFile, RowFile>> lent;  // by the layer that lends
  std::uint64_t lent_end = 0;
  for (const std::uint32_t lender : lenders(source)) {
    const std::size_t width = with_sizes_of(source.architecture, source.layers[lender]).kv_dim();
    const std::uint64_t size = text.tokens.size() * width * sizeof(float);
    lent[lender] = {{lent_file.descriptor(), lent_end, width},
                    {lent_file.descriptor(), lent_end + size, width}};
    lent_end += 2 * size;
  }
  for (std::uint32_t layer = 0; layer < source.architecture.layers; ++layer) {
    SeenInputs seen{.layer = layer, .rows = {}};
    auto token = text.tokens.begin();
    for (const std::uint32_t window : text.windows) {
      test::LiveSession session(whole.model, {.context = 20, .sinks = 0, .kv = KvFormat::f32});
      session.session.set_observer({SeenInputs::observe, &seen});
      for (std::uint32_t i = 0; i < window; ++i) {
        ASSERT_TRUE(session.session.step(*token++).ok());
      }
    }
    const TemporaryModel alone(layer_source(source, layer, 20), unquantized(), folder.path());
    LayerRunner runner(alone.model(), workers, 20);
    LayerRun run{.windows = text.windows, .from = from, .to = &to};
    if (token_inputs) {
      token_inputs->prepare(layer);
      run.token_inputs = &token_inputs->exact();
    }
    if (lent.contains(layer)) {
      run.lent_keys = &lent[layer].first;
      run.lent_values = &lent[layer].second;
    }
    if (const std::optional<std::uint32_t> owner = source.layers[layer].cache_of) {
      run.borrowed_keys = &lent[*owner].first;
      run.borrowed_values = &lent[*owner].second;
    }
    RowFile inputs[inputs_per_layer];
    const UnnamedFile input_file(folder.path());
    std::uint64_t end = 0;
    for (std::size_t i = 0; i < inputs_per_layer; ++i) {
      const std::size_t columns = seen.rows[i].size() / text.tokens.size();
      inputs[i] = {input_file.descriptor(), end, columns};
      end += seen.rows[i].size() * sizeof(float);
      run.inputs[i] = &inputs[i];
    }
    runner.run(run);
    for (std::size_t i = 0; i < inputs_per_layer; ++i) {
      std::vector<float> rows(seen.rows[i].size());
      inputs[i].read(0, rows);
      for (std::size_t k = 0; k < rows.size(); ++k) {
        ASSERT_NEAR(rows[k], seen.rows[i][k], 1e-3 * (1 + std::abs(seen.rows[i][k])))
            << "layer " << layer << ", input " << i << ", number " << k;
      }
    }
    std::swap(from, to);
  }
}

TEST_P(EveryFamily, CanBeCalibrated) {
  SourceModel source = import();
  const test::LoadedModel exact(test::write_image(source, test::all_f32));
  const WriteOptions int4{MatrixFormat::int4, MatrixFormat::f32, MatrixFormat::f32};
  const test::LoadedModel plain(test::write_image(source, int4));
  calibrate_layers(source, int4, random_text(test::family_vocabulary, 3, {40, 40, 40, 40, 40, 40}),
                   {.state = {}, .folder = folder.path()});
  const test::LoadedModel calibrated(test::write_image(source, int4));
  const CalibrationText other = random_text(test::family_vocabulary, 90, {40, 40, 40});
  const double before = compare_models(exact.model, plain.model, {}, other).divergence;
  const double after = compare_models(exact.model, calibrated.model, {}, other).divergence;
  // Ternary weights are INT4 already.
  if (calibration_scope(import(), int4).weights == 0) {
    EXPECT_EQ(after, before);
  } else {
    EXPECT_LT(after, before);
  }
}

class Calibrated : public testing::Test {
 protected:
  /// The file of a calibration.
  test::AlignedBytes calibrate(std::uint32_t threads,
                               const std::optional<std::filesystem::path>& state = {},
                               std::uint64_t stop_after = ~std::uint64_t{0}) const {
    SourceModel source = test::make_source(recipe);
    WriteOptions options = int4;
    options.threads = threads;
    calibrate_layers(source, options, text, {.state = state, .folder = folder.path()},
                     [&](std::uint64_t done, std::uint64_t) {
                       if (done >= stop_after) throw std::bad_alloc();
                     });
    return test::write_image(source, options);
  }

  test::Recipe recipe{.architecture = test::architecture_with_heads(4, 2, 24)};
  CalibrationText text = random_text(48, 5, {60, 60, 60, 30, 60, 1});
  WriteOptions int4{MatrixFormat::int4, MatrixFormat::int8, MatrixFormat::int8};
  TemporaryFolder folder;
};

TEST_F(Calibrated, IsTheSameWithAnyNumberOfThreads) {
  const test::AlignedBytes one = calibrate(1);
  EXPECT_TRUE(equal(one, calibrate(2)));
  EXPECT_TRUE(equal(one, calibrate(3)));
}

// The interruption is an exception on a worker thread, which reaches the caller as it is.
TEST_F(Calibrated, IsTheSameAfterAnInterruption) {
  const test::AlignedBytes whole = calibrate(2);
  const std::uint64_t total = calibration_scope(test::make_source(recipe), int4).weights;
  const std::filesystem::path state = folder.path() / "state";
  // In the second of two layers, and there again.
  EXPECT_THROW(calibrate(2, state, total * 5 / 8), std::bad_alloc);
  EXPECT_THROW(calibrate(2, state, total / 4), std::bad_alloc);
  EXPECT_TRUE(equal(whole, calibrate(2, state)));
  // A finished state gives the same file without any work.
  EXPECT_TRUE(equal(whole, calibrate(2, state, 0)));
}

TEST_F(Calibrated, NeedsItsOwnState) {
  const std::filesystem::path state = folder.path() / "state";
  calibrate(1, state);
  text.tokens.back() ^= 1U;
  EXPECT_THROW(calibrate(1, state), std::runtime_error);
  text.tokens.back() ^= 1U;
  recipe.seed = 2;
  EXPECT_THROW(calibrate(1, state), std::runtime_error);
}

TEST_F(Calibrated, LeavesOtherFormatsAlone) {
  SourceModel source = test::make_source(recipe);
  const WriteOptions int8{MatrixFormat::int8, MatrixFormat::int8, MatrixFormat::int8};
  EXPECT_EQ(calibration_scope(source, int8).weights, 0U);
  WriteOptions mixed = int8;
  mixed.feed_forward = MatrixFormat::int4;
  EXPECT_GT(calibration_scope(source, mixed).weights, 0U);
  calibrate_layers(source, mixed, text, {.state = {}, .folder = folder.path()});
  EXPECT_FALSE(source.layers[0].wq.stored_as);
  EXPECT_EQ(source.layers[0].w_up.stored_as, MatrixFormat::int4);
}

TEST(CompareModels, MeasuresNothingBetweenEqualModels) {
  const test::Recipe recipe{.architecture = test::small_architecture()};
  const test::LoadedModel exact(recipe, test::all_f32);
  const test::LoadedModel int8(recipe, test::all_int8);
  const test::LoadedModel int4(recipe, test::all_int4);
  const CalibrationText text = random_text(recipe.architecture.vocab_size, 5, {30, 20, 25});
  const ModelComparison same = compare_models(exact.model, exact.model, {}, text);
  EXPECT_EQ(same.tokens, 72U);
  EXPECT_EQ(same.divergence, 0);
  EXPECT_EQ(same.exact_perplexity, same.other_perplexity);
  const double finer = compare_models(exact.model, int8.model, {}, text).divergence;
  const ModelComparison coarse = compare_models(exact.model, int4.model, {}, text);
  EXPECT_GT(finer, 0);
  EXPECT_LT(finer, coarse.divergence / 10);
  EXPECT_GT(coarse.standard_error, 0);
  EXPECT_LT(coarse.standard_error, coarse.divergence);
}

}  // namespace
}  // namespace ringlet::convert
