#include "convert.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <utility>

#include "cache_fit/calibrate.hpp"
#include "cache_fit/report.hpp"
#include "calibration.hpp"
#include "common/progress_bar.hpp"
#include "import/import_source.hpp"
#include "import/print_note.hpp"
#include "output_stream.hpp"
#include "report.hpp"
#include "ringlet/linux/kernels.hpp"
#include "ringlet/linux/threads.hpp"
#include "ringlet/model.hpp"
#include "source/errors.hpp"
#include "source/paged_file.hpp"
#include "write/segment.hpp"

namespace ringlet::convert {
namespace {

namespace fs = std::filesystem;

/// Whether any source codes are carried over that transforming the values would change.
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

void require(const Status& status, const char* step) {
  if (status.ok()) return;
  std::array<char, 256> text{};
  fail("the written file fails verification (", step, ": ", describe(status, text),
       "); it was removed. This is a fault of ringlet-convert or of the disk");
}

/// Reads the file back like the runtime, with only a part in memory at a time.
void self_check(const fs::path& path) {
  struct Reading {
    const PagedFile& file;
    std::uint64_t done = 0;
  };
  const PagedFile file(path);
  Reading reading{file};
  const Result<Model> model = Model::open(file.bytes());
  require(model.status(), "structure");
  const auto forget = [](void* user_data, std::uint64_t done, std::uint64_t) {
    auto& progress = *static_cast<Reading*>(user_data);
    progress.file.note_read(static_cast<std::size_t>(done - progress.done));
    progress.done = done;
  };
  require(model->verify_data(forget, &reading), "data");
}

WriteReport write(const SourceModel& source, const ConvertOptions& options, std::ostream& out,
                  SegmentRecord& segment) {
  common::ProgressBar bar("convert", !options.quiet && !options.verbose);
  return write_model(
      source, options.formats, out,
      [&](const TensorReport& tensor, std::uint64_t done, std::uint64_t total) {
        if (options.verbose) print_tensor(tensor);
        bar.update(done, total, tensor.name);
      },
      &segment);
}

/// Calls `use` with a written file as the runtime sees it.
template <typename Use>
void with_model(const fs::path& path, Use use) {
  const PagedFile file(path);
  const Result<Model> model = Model::open(file.bytes());
  require(model.status(), "structure");
  use(*model);
}

/// Whether the layers' weights are already integer multiples of their INT4 scales, as after
/// training on that grid or in a Q4_0 source. Any multiplication except by a diagonal would move
/// them off the grid.
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

/// A ringlet model brings the cache decisions of its own conversion. Only the recommended formats
/// can be changed.
void keep_fitted_cache(const ConvertOptions& options, SourceModel& source) {
  const CacheOptions& cache = options.cache;
  if (cache.hadamard_keys || cache.hadamard_values || cache.key_bias || cache.key_scales ||
      cache.report) {
    fail(options.source.string(),
         " is a ringlet model, whose cache has been fitted; --hadamard, --key-bias, --key-scales "
         "and "
         "--kv-report are for other sources");
  }
  for (SourceLayer& layer : source.layers) layer.kv = cache.formats.value_or(layer.kv);
}

/// Fits the cache, using a draft of the model in place of the output.
CacheReport calibrate(SourceModel& source, const ConvertOptions& options, const Machine& machine,
                      OutputStream& draft) {
  common::ProgressBar bar("draft", !options.quiet);
  const WriteReport written =
      write_model(source, options.formats, draft.stream(),
                  [&](const TensorReport& tensor, std::uint64_t done, std::uint64_t total) {
                    bar.update(done, total, tensor.name);
                  });
  bar.clear();
  draft.close();
  CacheOptions cache = options.cache;
  const bool on_grid = is_on_grid(source, written) || keeps_values(source, options.formats);
  if (!cache.hadamard_values && on_grid) cache.hadamard_values = false;
  CacheReport report;
  with_model(draft.temporary_path(),
             [&](const Model& model) { report = calibrate_cache(model, cache, machine, source); });
  draft.restart();
  return report;
}

/// The formats can be chosen only once the model can run.
void recommend(SourceModel& source, const ConvertOptions& options, const Machine& machine,
               const SegmentRecord& segment, OutputStream& output, CacheReport& report) {
  with_model(output.temporary_path(), [&](const Model& model) {
    recommend_formats(model, options.cache, machine, report, source);
  });
  rewrite_tables(source, options.formats, segment, output.stream());
}

}  // namespace

std::uint32_t threads_for(const SourceModel& source, const ConvertOptions& options) {
  const Architecture& a = source.architecture;
  const std::uint64_t weights =
      std::uint64_t{a.dim} * (a.vocab_size + std::uint64_t{a.layers} * 3 * a.hidden_dim);
  return std::min(port::default_threads(weights), options.formats.threads);
}

void check_output(const ConvertOptions& options) {
  std::error_code error;
  if (fs::equivalent(options.source, options.output, error)) {
    fail(options.output.string(), " is the source; choose another name for the model");
  }
  // A path that does not exist yet is another file.
  const bool absent = error == std::errc::no_such_file_or_directory ||
                      error == std::errc::not_a_directory || error == std::errc::not_supported;
  if (error && !absent) {
    fail(options.output.string(), " cannot be compared with the source: ", error.message());
  }
}

void convert(const ConvertOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  check_output(options);
  // Open the output before the work, so that the work is not in vain.
  OutputStream output(options.output);
  SourceModel source = import_source(options);
  if (source.cache_is_fitted) keep_fitted_cache(options, source);
  port::ThreadTeam team(threads_for(source, options));
  const Machine machine{port::find_kernels("auto"), team.team()};
  std::optional<CacheReport> cache;
  if (!source.cache_is_fitted && options.cache.measured()) {
    cache = calibrate(source, options, machine, output);
  } else if (!source.cache_is_fitted) {
    CacheOptions decided = options.cache;
    if (!decided.hadamard_values && keeps_values(source, options.formats))
      decided.hadamard_values = false;
    decide_without_measuring(decided, source);
  }
  const std::shared_ptr<StateFile> calibration = calibrate_source(source, options);
  SegmentRecord segment;
  const WriteReport report = write(source, options, output.stream(), segment);
  if (cache) recommend(source, options, machine, segment, output, *cache);
  output.close();
  self_check(output.temporary_path());
  std::optional<ModelComparison> measured;
  if (options.perplexity) measured = measure_loss(source, output.temporary_path(), options);
  output.commit();
  if (calibration) calibration->remove();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  if (cache && options.cache.report) print_cache_report(*cache, source);
  if (cache && !options.quiet) print_cache_summary(*cache, source);
  if (!options.quiet) print_summary(source, report, options, elapsed.count(), measured);
  if (options.json) print_json(source, report, cache, options, elapsed.count(), measured);
}

}  // namespace ringlet::convert
