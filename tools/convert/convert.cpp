#include "convert.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <utility>

#include "atomic_file.hpp"
#include "cache_fit/calibrate.hpp"
#include "cache_fit/report.hpp"
#include "calibration.hpp"
#include "errors.hpp"
#include "import_source.hpp"
#include "isa.hpp"
#include "mapped_file.hpp"
#include "print_note.hpp"
#include "progress_bar.hpp"
#include "report.hpp"
#include "ringlet/model.hpp"
#include "segment.hpp"
#include "text_scoring.hpp"
#include "thread_team.hpp"

namespace ringlet::convert {
namespace {

namespace fs = std::filesystem;

/// Whether codes of the source are carried over that turning values would change.
bool keeps_values(const SourceModel& model, const WriteOptions& formats) {
  return std::any_of(model.layers.begin(), model.layers.end(), [&](const SourceLayer& layer) {
    for (const SourceMatrix* matrix : {&layer.wv, &layer.wo}) {
      const bool own_codes = matrix->stored_as.has_value();
      if (own_codes && matrix->stored_as == formats.format_of(TensorClass::attention, *matrix)) {
        return true;
      }
    }
    return false;
  });
}

void check_output(const ConvertOptions& options) {
  std::error_code error;
  if (fs::equivalent(options.source, options.output, error)) {
    fail(options.output.string(), " is the source; choose another name for the model");
  }
  // One that is not there yet is another file.
  const bool absent = error == std::errc::no_such_file_or_directory ||
                      error == std::errc::not_a_directory || error == std::errc::not_supported;
  if (error && !absent) {
    fail(options.output.string(), " cannot be compared with the source: ", error.message());
  }
}

void require(const Status& status, const char* step) {
  if (status.ok()) return;
  std::array<char, 256> text{};
  fail("the file that was written does not pass its own check (", step, ": ",
       describe(status, text),
       "); it has been removed. This is a fault of ringlet-convert or of the disk");
}

/// Reads the file back as the runtime will, a part at a time in memory.
void self_check(const fs::path& path) {
  struct Reading {
    const MappedFile& file;
    std::uint64_t done = 0;
  };
  const MappedFile file(path);
  Reading reading{file};
  const Result<Model> model = Model::open(file.bytes());
  require(model.status(), "structure");
  const auto forget = [](void* context, std::uint64_t done, std::uint64_t) {
    auto& progress = *static_cast<Reading*>(context);
    progress.file.note_read(static_cast<std::size_t>(done - progress.done));
    progress.done = done;
  };
  require(model->verify_data(forget, &reading), "data");
}

/// The model before quantization, where the options need it, and what it says about the text that
/// they name.
struct Unquantized {
  std::unique_ptr<UnquantizedModel> model;
  std::optional<double> perplexity;
};

constexpr std::size_t most_scored_tokens = std::size_t{1} << 20;

double score(const Model& model, const ConvertOptions& options) {
  return perplexity(model, encode_file(model, *options.perplexity, most_scored_tokens));
}

/// Attaches to the matrices what is known of their inputs.
Unquantized prepare_quantization(SourceModel& source, const ConvertOptions& options) {
  Unquantized result;
  if (options.calibration || options.perplexity) {
    result.model = std::make_unique<UnquantizedModel>(source, options.output.parent_path());
  }
  if (options.perplexity) result.perplexity = score(result.model->model(), options);
  if (!options.calibration) {
    if (options.norm_importance) use_norm_gains(source);
    return result;
  }
  std::vector<TokenId> tokens =
      encode_file(result.model->model(), *options.calibration, options.calibration_tokens);
  if (!options.quiet) {
    print_note("  calibrating on %zu tokens of %s\n", tokens.size(), options.calibration->c_str());
  }
  use_calibration(source,
                  std::make_shared<Calibration>(result.model->model(), std::move(tokens),
                                                &result.model->file()),
                  options.calibrated);
  return result;
}

WriteReport write(const SourceModel& source, const ConvertOptions& options, std::ostream& out,
                  SegmentRecord& segment) {
  ProgressBar bar(!options.quiet && !options.verbose);
  return write_model(
      source, options.formats, out,
      [&](const TensorReport& tensor, std::uint64_t done, std::uint64_t total) {
        if (options.verbose) print_tensor(tensor);
        bar.show(done, total, tensor.name);
      },
      &segment);
}

/// A file that has been written, as the runtime sees it.
template <typename Use>
void with_model(const fs::path& path, Use use) {
  const MappedFile file(path);
  const Result<Model> model = Model::open(file.bytes());
  require(model.status(), "structure");
  use(*model);
}

/// Threads for a model of that size: a small one only waits for them.
std::uint32_t lanes_for(const SourceModel& source) {
  const Architecture& a = source.architecture;
  const std::uint64_t weights =
      std::uint64_t{a.dim} * (a.vocab_size + std::uint64_t{a.layers} * 3 * a.hidden_dim);
  return std::min(port::default_lanes(weights), port::available_processors());
}

/// Whether the layers' weights are whole steps of their INT4 scales already, as after training on
/// that grid or in a Q4_0 source; multiplied by anything but a diagonal they would leave it.
bool is_on_grid(const SourceModel& source, const WriteReport& report) {
  constexpr double rounding_of_scales = 0.002;
  for (const TensorReport& tensor : report.tensors) {
    for (const SourceLayer& layer : source.layers) {
      if (tensor.name != layer.wv.name && tensor.name != layer.wo.name) continue;
      if (tensor.format != MatrixFormat::int4 || tensor.relative_error > rounding_of_scales) {
        return false;
      }
    }
  }
  return true;
}

/// Fits the cache by means of a draft of the model in the place of the output.
CacheReport calibrate(SourceModel& source, const ConvertOptions& options, const Machine& machine,
                      AtomicFile& draft) {
  ProgressBar bar(!options.quiet);
  const WriteReport written =
      write_model(source, options.formats, draft.stream(),
                  [&](const TensorReport& tensor, std::uint64_t done, std::uint64_t total) {
                    bar.show(done, total, "draft: " + tensor.name);
                  });
  bar.erase();
  draft.close();
  CacheOptions cache = options.cache;
  const bool on_grid = is_on_grid(source, written) || keeps_values(source, options.formats);
  if (!cache.turn_values && on_grid) cache.turn_values = false;
  CacheReport report;
  with_model(draft.temporary_path(),
             [&](const Model& model) { report = calibrate_cache(model, cache, machine, source); });
  draft.restart();
  return report;
}

/// The formats are known only when the model can run.
void recommend(SourceModel& source, const ConvertOptions& options, const Machine& machine,
               const SegmentRecord& segment, AtomicFile& output, CacheReport& report) {
  with_model(output.temporary_path(), [&](const Model& model) {
    recommend_formats(model, options.cache, machine, report, source);
  });
  rewrite_tables(source, options.formats, segment, output.stream());
}

}  // namespace

void convert(const ConvertOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  check_output(options);
  // Before the work, so that it is not in vain.
  AtomicFile output(options.output);
  SourceModel source = import_source(options);
  port::ThreadTeam team(lanes_for(source));
  const Machine machine{port::find_kernels("auto"), team.team()};
  std::optional<CacheReport> cache;
  if (!source.cache_is_fitted && options.cache.measured()) {
    cache = calibrate(source, options, machine, output);
  } else if (!source.cache_is_fitted) {
    CacheOptions decided = options.cache;
    if (!decided.turn_values && keeps_values(source, options.formats)) decided.turn_values = false;
    decide_without_measuring(decided, source);
  }
  const Unquantized unquantized = prepare_quantization(source, options);
  SegmentRecord segment;
  const WriteReport report = write(source, options, output.stream(), segment);
  if (cache) recommend(source, options, machine, segment, output, *cache);
  output.close();
  self_check(output.temporary_path());
  std::optional<PerplexityReport> measured;
  if (unquantized.perplexity) {
    const MappedFile file(output.temporary_path());
    measured = {.text = options.perplexity->string(),
                .unquantized = *unquantized.perplexity,
                .converted = score(*Model::open(file.bytes()), options)};
  }
  output.commit();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  if (cache && options.cache.report) print_cache_report(*cache, source);
  if (cache && !options.quiet) print_cache_summary(*cache, source);
  if (!options.quiet) print_summary(source, report, options, elapsed.count(), measured);
  if (options.json) print_json(source, report, cache, options, elapsed.count(), measured);
}

}  // namespace ringlet::convert
