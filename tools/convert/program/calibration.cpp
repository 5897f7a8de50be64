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

constexpr std::uint64_t large_model = 200'000'000;       // weights
constexpr std::uint64_t most_unasked = 2'000'000'000;    // weights: half an hour of two cores
constexpr std::uint32_t tokens_of_small_models = 32768;  // at most
constexpr std::uint32_t tokens_per_column = 64;          // more did not help stories260K
constexpr std::uint32_t tokens_of_large_models = 4096;
constexpr std::uint32_t longest_window = 512;
constexpr std::size_t most_measured_tokens = std::size_t{1} << 20;

TextDivision division_of(const SourceModel& source, const ConvertOptions& options,
                         std::size_t most) {
  return {.separator = options.calibration.separator,
          .window = std::min(source.architecture.trained_context, longest_window),
          .most_tokens = most};
}

std::uint32_t tokens_for(const CalibrationScope& scope, const CalibrationChoice& choice) {
  if (choice.tokens != 0) return choice.tokens;
  if (scope.weights > large_model) return tokens_of_large_models;
  const std::uint64_t wanted = std::uint64_t{tokens_per_column} * scope.widest;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(wanted, tokens_of_small_models));
}

/// Whether to calibrate what nobody asked to calibrate. A quantized source keeps its codes, which
/// can lie on an INT4 grid.
bool calibrates_unasked(const CalibrationScope& scope, const ConvertOptions& options) {
  if (options.random || scope.weights == 0 || !scope.are_floats) return false;
  if (scope.weights <= most_unasked) return true;
  if (!options.quiet) {
    print_note(
        "  INT4 is not calibrated, because so many weights take long; --calibrate own does it\n");
  }
  return false;
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
  if (choice.text != CalibrationChoice::Text::file) {
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
  const CalibrationScope scope = calibration_scope(source, options.formats);
  const bool unasked = choice.text == CalibrationChoice::Text::automatic;
  if (unasked && !calibrates_unasked(scope, options)) return nullptr;
  if (scope.weights == 0) {
    if (!options.quiet) print_note("  no matrix becomes INT4, so there is nothing to calibrate\n");
    return nullptr;
  }
  const CalibrationText text = text_of(source, options, tokens_for(scope, choice));
  if (!options.quiet) {
    print_note("  calibrating on %zu tokens of %s, in %zu windows%s\n", text.tokens.size(),
               choice.text == CalibrationChoice::Text::file ? choice.file.c_str() : "its own text",
               text.windows.size(), unasked ? " (--calibrate none skips this)" : "");
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
