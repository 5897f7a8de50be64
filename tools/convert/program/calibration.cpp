#include "calibration.hpp"

#include <algorithm>

#include "calibrate/calibrate_layers.hpp"
#include "calibrate/outline_model.hpp"
#include "calibrate/sample_text.hpp"
#include "common/progress_bar.hpp"
#include "convert.hpp"
#include "import/print_note.hpp"
#include "ringlet/linux/threads.hpp"
#include "source/errors.hpp"
#include "source/paged_file.hpp"
#include "write/temporary_model.hpp"

namespace ringlet::convert {
namespace {

constexpr std::uint64_t large_model = 200'000'000;  // weights
constexpr std::uint32_t tokens_of_small_models = 32768;
constexpr std::uint32_t tokens_of_large_models = 4096;
constexpr std::uint32_t longest_window = 512;
constexpr std::size_t most_measured_tokens = std::size_t{1} << 20;

TextDivision division_of(const SourceModel& source, const ConvertOptions& options,
                         std::size_t most) {
  return {.separator = options.calibration.separator,
          .window = std::min(source.architecture.trained_context, longest_window),
          .most_tokens = most};
}

std::uint32_t tokens_for(std::uint64_t weights, const CalibrationChoice& choice) {
  if (choice.tokens != 0) return choice.tokens;
  return weights > large_model ? tokens_of_large_models : tokens_of_small_models;
}

/// Written by the model in INT8, which is as good as the float model for this, and faster.
CalibrationText own_text(const SourceModel& source, const ConvertOptions& options,
                         const SampledText& size) {
  const WriteOptions int8{.weights = MatrixFormat::int8, .threads = options.formats.threads};
  const TemporaryModel model(source, int8, options.output.parent_path());
  port::ThreadTeam team(threads_for(source, options));
  common::ProgressBar bar("text", !options.quiet);
  return sample_text(model.model(), team.team(), size,
                     [&](std::uint64_t done, std::uint64_t total) { bar.update(done, total); });
}

CalibrationText text_of(const SourceModel& source, const ConvertOptions& options,
                        std::uint32_t tokens) {
  const CalibrationChoice& choice = options.calibration;
  if (choice.text == CalibrationChoice::Text::own) {
    return own_text(source, options,
                    {tokens, std::min(source.architecture.trained_context, longest_window)});
  }
  const OutlineModel outline(source, options.formats, options.output.parent_path());
  return read_text(outline.tokenizer(), choice.file, division_of(source, options, tokens));
}

}  // namespace

std::shared_ptr<StateFile> calibrate_source(SourceModel& source, const ConvertOptions& options) {
  const CalibrationChoice& choice = options.calibration;
  if (choice.text == CalibrationChoice::Text::none) return nullptr;
  const std::uint64_t weights = calibrated_weights(source, options.formats);
  if (weights == 0) {
    if (!options.quiet) print_note("  no matrix becomes INT4, so there is nothing to calibrate\n");
    return nullptr;
  }
  const CalibrationText text = text_of(source, options, tokens_for(weights, choice));
  if (!options.quiet) {
    print_note("  calibrating on %zu tokens of %s, in %zu windows\n", text.tokens.size(),
               choice.text == CalibrationChoice::Text::own ? "its own text" : choice.file.c_str(),
               text.windows.size());
  }
  common::ProgressBar bar("calibrate", !options.quiet);
  return calibrate_layers(
      source, options.formats, text,
      {.state = choice.state, .folder = options.output.parent_path()},
      [&](std::uint64_t done, std::uint64_t total) { bar.update(done, total); });
}

ModelComparison measure_loss(const SourceModel& source, const std::filesystem::path& converted,
                             const ConvertOptions& options) {
  const TemporaryModel exact(source, unquantized(), options.output.parent_path());
  const PagedFile file(converted);
  const Result<Model> model = Model::open(file.bytes());
  if (!model) fail("the written model does not open");
  const Result<Tokenizer> tokenizer = Tokenizer::open(*model);
  if (!tokenizer) fail("the model has no tokenizer to read a text with; name one with --tokenizer");
  const CalibrationText text = read_text(*tokenizer, *options.perplexity,
                                         division_of(source, options, most_measured_tokens));
  port::ThreadTeam team(threads_for(source, options));
  common::ProgressBar bar("measure", !options.quiet);
  return compare_models(exact.model(), *model, team.team(), text,
                        [&](std::uint64_t done, std::uint64_t total) { bar.update(done, total); });
}

}  // namespace ringlet::convert
