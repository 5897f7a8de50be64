#include "convert.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <utility>

#include "atomic_file.hpp"
#include "calibration.hpp"
#include "errors.hpp"
#include "gguf_import.hpp"
#include "huggingface.hpp"
#include "kernels/packed_layout.hpp"
#include "llama2c.hpp"
#include "llama2c_tokenizer.hpp"
#include "mapped_file.hpp"
#include "progress_bar.hpp"
#include "random_source.hpp"
#include "report.hpp"
#include "ringlet/model.hpp"
#include "source_kind.hpp"
#include "text_scoring.hpp"
#include "turn_heads.hpp"

namespace ringlet::convert {
namespace {

namespace fs = std::filesystem;

/// The tokenizer that the options name, or the one beside the source.
fs::path find_tokenizer(const ConvertOptions& options) {
  if (options.tokenizer) return *options.tokenizer;
  const fs::path beside = options.source.parent_path() / "tokenizer.bin";
  if (fs::exists(beside)) return beside;
  fail("there is no tokenizer.bin beside ", options.source.string(),
       "; name one with --tokenizer, or write a model without with --no-tokenizer");
}

void add_tokenizer(SourceModel& model, const ConvertOptions& options) {
  if (options.no_tokenizer) return;
  const fs::path path = find_tokenizer(options);
  model.tokenizer = import_llama2c_tokenizer(path, model.architecture.vocab_size);
  if (!options.quiet) std::fprintf(stderr, "  tokenizer %s\n", path.c_str());
}

SourceModel import_checkpoint(const ConvertOptions& options, const fs::path& path) {
  Llama2cImport imported = import_llama2c(path);
  if (!options.quiet) {
    print_source(imported.model);
    if (imported.group_size != 0 && imported.group_size != packed::group_size) {
      std::fprintf(stderr, "  source has groups of %u; requantized to groups of %u\n",
                   imported.group_size, packed::group_size);
    }
  }
  add_tokenizer(imported.model, options);
  return std::move(imported.model);
}

SourceModel import_random(const ConvertOptions& options) {
  SourceModel model = make_random_model(*options.random);
  if (!options.quiet) print_source(model);
  if (!options.no_tokenizer) model.tokenizer = make_byte_tokenizer(model.architecture.vocab_size);
  return model;
}

SourceModel import_source(const ConvertOptions& options) {
  const Source source = detect_source(options.source);
  if (source.kind == SourceKind::llama2c) return import_checkpoint(options, source.path);
  SourceModel model = source.kind == SourceKind::gguf ? import_gguf(source.path).model
                                                      : import_huggingface(source.path);
  if (!options.quiet) print_source(model);
  return model;
}

/// Whether codes of the source are carried over that turning values would change.
bool keeps_values(const SourceModel& model, const WriteOptions& formats) {
  return std::any_of(model.layers.begin(), model.layers.end(), [&](const SourceLayer& layer) {
    for (const SourceMatrix* matrix : {&layer.wv, &layer.wo}) {
      if (!matrix->stored_as) continue;
      if (formats.keep_stored || matrix->stored_as == formats.weights) return true;
    }
    return false;
  });
}

SourceModel import(const ConvertOptions& options) {
  SourceModel model = options.random ? import_random(options) : import_source(options);
  if (!options.name.empty()) model.name = options.name;
  if (!options.licence.empty()) model.licence = options.licence;
  for (SourceLayer& layer : model.layers) layer.turn_keys = options.turn_keys;
  if (options.turn_values.value_or(!keeps_values(model, options.formats))) turn_values(model);
  return model;
}

void check_output(const ConvertOptions& options) {
  std::error_code error;
  if (fs::equivalent(options.source, options.output, error)) {
    fail(options.output.string(), " is the source; choose another name for the model");
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
    std::fprintf(stderr, "  calibrating on %zu tokens of %s\n", tokens.size(),
                 options.calibration->c_str());
  }
  use_calibration(source, std::make_shared<Calibration>(result.model->model(), std::move(tokens)),
                  options.calibrated);
  return result;
}

WriteReport write(const SourceModel& source, const ConvertOptions& options, std::ostream& out) {
  ProgressBar bar(!options.quiet && !options.verbose);
  return write_model(source, options.formats, out,
                     [&](const TensorReport& tensor, std::uint64_t done, std::uint64_t total) {
                       if (options.verbose) print_tensor(tensor);
                       bar.show(done, total, tensor.name);
                     });
}

}  // namespace

void convert(const ConvertOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  SourceModel source = import(options);
  check_output(options);
  const Unquantized unquantized = prepare_quantization(source, options);
  AtomicFile output(options.output);
  const WriteReport report = write(source, options, output.stream());
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
  if (!options.quiet) print_summary(source, report, options, elapsed.count(), measured);
  if (options.json) print_json(source, report, options, elapsed.count(), measured);
}

}  // namespace ringlet::convert
