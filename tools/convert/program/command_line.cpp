#include "command_line.hpp"

#include "common/file_argument.hpp"
#include "ringlet/linux/threads.hpp"
#include "write/tables.hpp"

namespace ringlet::convert {
namespace {

constexpr const char* examples = R"(Examples:
  ringlet-convert stories15M.bin -o stories15M.ringlet
      INT4 weights, INT8 embedding, with the tokenizer.bin beside the checkpoint
  ringlet-convert stories260K.bin -o s.ringlet --tokenizer tok512.bin --weights int8
      another tokenizer, INT8 throughout
  ringlet-convert model.bin -o model.ringlet --weights f32 --embedding f32 --lm-head f32
      without quantization, as a reference
  ringlet-convert SmolLM2-135M/ -o smollm2.ringlet
      a Hugging Face folder (config.json, *.safetensors)
  ringlet-convert model-Q4_0.gguf -o model.ringlet
      a GGUF file: Q4_0 becomes INT4 and Q8_0 INT8 without loss; other types become INT8
  ringlet-convert SmolLM2-135M/ -o smollm2.ringlet --calibrate text.txt --perplexity other.txt
      INT4 fitted to one text; reports the loss on another
  ringlet-convert --random llama-135m -o random.ringlet
      random weights in a known shape, to measure speed and memory
  ringlet-convert --random llama:dim=512,layers=8,heads=8,kv_heads=2,ffn=1536,vocab=8000 -o r.ringlet
      random weights in any shape

SOURCE is a Hugging Face folder, a GGUF file (version 2 or 3; any part of a split file), a llama2.c
checkpoint (legacy, version 1 or version 2) or a .ringlet file. The converter detects which.

Weights that are already quantized are not rounded to INT4 again unless you name a format: those that
INT4 holds exactly stay INT4, and all others become INT8.

SHAPE is NAME or NAME:key=value,...
  keys of llama: dim, layers, heads, ffn, vocab; with defaults: kv_heads (heads), head_dim
  (dim / heads), context (2048), tied (0; 1 shares the embedding with the output head), seed (1),
  rotary_dim (head_dim); for other layers: conv, state_heads, state_key_heads, state_head_dim,
  state_key_dim, attention; window, local_head_dim, readers, reader_ffn, layer_inputs
  (tools/convert/README.md explains them)
  names with preset sizes, which keys after the colon override:
)";

std::optional<MatrixFormat> format_named(const std::string& name) {
  for (const auto format :
       {MatrixFormat::int4, MatrixFormat::int8, MatrixFormat::f16, MatrixFormat::f32}) {
    if (name == name_of(format)) return format;
  }
  return std::nullopt;
}

/// Returns an empty string if the shape is valid, otherwise the error, as CLI11 expects.
std::string check_shape(const std::string& text) {
  try {
    parse_random_shape(text);
    return {};
  } catch (const std::exception& error) {
    return error.what();
  }
}

/// Returns an empty string unless the name is empty, or the file certainly does not exist. Other
/// problems are reported when it is opened.
std::string check_text(const std::string& path) {
  if (path.empty()) return common::check_file_name(path);
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return "no such file: " + path;
  if (status.type() == std::filesystem::file_type::directory) return "is a folder: " + path;
  return {};
}

std::string check_calibration(const std::string& path) {
  return path == "own" || path == "none" ? std::string() : check_text(path);
}

std::string check_template(const std::string& path) {
  return path == "none" ? std::string() : check_text(path);
}

void add_sources(CLI::App& app, CommandLine& line) {
  auto* source = app.add_option("SOURCE", line.options.source, "Model to convert.")
                     ->check(common::check_file_name, "", "");
  auto* tokenizer = app.add_option("--tokenizer", line.tokenizer,
                                   "Tokenizer file, or the folder that contains it (default: "
                                   "that of SOURCE).")
                        ->check(common::check_file_name, "", "");
  app.add_flag("--no-tokenizer", line.options.no_tokenizer,
               "Write a model without a tokenizer; it takes token ids only.")
      ->excludes(tokenizer);
  app.add_option("--chat-template", line.options.chat_template,
                 "Jinja file in place of the source's chat templates, or none to leave\n"
                 "them out of the model file; the chat format stays.")
      ->type_name("FILE")
      ->check(check_template, "", "");
  app.add_option("--ignore-setting", line.options.ignored_settings,
                 "Convert as if SOURCE lacked this setting (full name; repeatable).\n"
                 "The converter refuses unknown settings that could change results.")
      ->type_name("NAME")
      ->allow_extra_args(false);
  app.add_option("--random", line.random, "Random weights in this shape, in place of SOURCE.")
      ->type_name("SHAPE")
      ->check(CLI::Validator(check_shape, "", "shape"))
      ->excludes(source);
}

void add_cache_options(CLI::App& app, CommandLine& line) {
  const CLI::IsMember choices({"auto", "on", "off"});
  constexpr const char* group = "Cache (auto measures on a text that the model generates)";
  app.add_option("--kv", line.kv, "Cache format that the file recommends.")
      ->check(CLI::IsMember({"auto", "f32", "f16", "int8", "k8v4", "int4"}))
      ->capture_default_str()
      ->group(group);
  app.add_option(
         "--hadamard", line.hadamard,
         "Apply a Hadamard transform to each head of an integer cache: to keys at run time, to\n"
         "values by folding it into the weights. auto leaves values alone if the weights are\n"
         "already on an INT4 grid.")
      ->check(CLI::IsMember({"auto", "both", "keys", "values", "none"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--key-bias", line.key_bias,
                 "Store keys without their mean; scores get it back exactly.")
      ->check(choices)
      ->capture_default_str()
      ->group(group);
  app.add_option("--key-scales", line.key_scales,
                 "Scale rotary pairs to even out their errors; folded into the weights.")
      ->check(choices)
      ->capture_default_str()
      ->group(group);
  app.add_option(
         "--kv-tokens", line.options.cache.tokens,
         "Tokens of that text. 0 measures nothing, transforms the heads and recommends INT8,\n"
         "as for random weights.")
      ->check(CLI::Range(0, 65536))
      ->capture_default_str()
      ->group(group);
  app.add_flag("--kv-report", line.options.cache.report,
               "Print the errors of each layer with each transform.")
      ->group(group);
}

/// Adds the options about the choice of INT4 and its reports.
void add_quantization(CLI::App& app, CommandLine& line) {
  CalibrationChoice& choice = line.options.calibration;
  auto* calibrate =
      app.add_option(
             "--calibrate", line.calibration,
             "Fit INT4 to this text, layer after layer, so that the outputs come near those "
             "of\nthe unquantized model: a file, own for one that the model writes, or none\n"
             "(default: own; none for random or quantized weights, and above 2 billion).")
          ->type_name("TEXT")
          ->check(CLI::Validator(check_calibration, "", "text"));
  app.add_option("--calibrate-tokens", choice.tokens,
                 "Most tokens to read of that text (default: 64 for each column of the widest\n"
                 "matrix, at most 32768; 4096 above 200 million weights).")
      ->check(CLI::Range(2U, 1U << 24))
      ->needs(calibrate);
  app.add_option("--calibrate-separator", choice.separator,
                 "What separates the documents of that text.")
      ->capture_default_str()
      ->needs(calibrate);
  app.add_option("--calibrate-state", line.calibration_state,
                 "Keep what has been calibrated in this file, and continue there after an\n"
                 "interruption. It is removed when the model is complete.")
      ->type_name("FILE")
      ->check(common::check_file_name, "", "")
      ->needs(calibrate);
  app.add_option("--perplexity", line.perplexity,
                 "Report what quantization costs on this text: the KL divergence from the\n"
                 "unquantized model, and the perplexity of both.")
      ->type_name("TEXT")
      ->check(CLI::Validator(check_text, "", "text"));
}

void add_formats(CLI::App& app, CommandLine& line) {
  const CLI::IsMember formats({"int4", "int8", "f16", "f32"});
  app.add_option("--weights", line.weights,
                 "Format of the layers' matrices (default: int4; for quantized sources see below).")
      ->check(formats);
  app.add_option("--attention", line.attention,
                 "Format of the layers' wq, wk, wv and wo (default: that of --weights).")
      ->check(formats);
  app.add_option("--feed-forward", line.feed_forward,
                 "Format of the layers' w_gate, w_up and w_down (default: that of --weights).")
      ->check(formats);
  app.add_option("--embedding", line.embedding, "Format of the token embedding (default: int8).")
      ->check(formats);
  app.add_option("--lm-head", line.lm_head,
                 "Format of the output head, unless the embedding serves as one (default: int8).")
      ->check(formats);
}

KvFormats kv_named(const std::string& name) {
  if (name == "f32") return KvFormat::f32;
  if (name == "f16") return KvFormat::f16;
  if (name == "int8") return KvFormat::int8;
  if (name == "int4") return KvFormat::int4;
  return {KvFormat::int8, KvFormat::int4};
}

std::optional<bool> choice_named(const std::string& name) {
  if (name == "auto") return std::nullopt;
  return name == "on";
}

void finish_cache_options(CommandLine& line) {
  CacheOptions& cache = line.options.cache;
  if (line.hadamard != "auto") {
    cache.hadamard_keys = line.hadamard == "both" || line.hadamard == "keys";
    cache.hadamard_values = line.hadamard == "both" || line.hadamard == "values";
  }
  cache.key_bias = choice_named(line.key_bias);
  cache.key_scales = choice_named(line.key_scales);
  if (line.kv != "auto") cache.formats = kv_named(line.kv);
  if (!line.random.empty()) cache.tokens = 0;
  const bool wanted =
      cache.report || cache.key_bias.value_or(false) || cache.key_scales.value_or(false);
  if (wanted && cache.tokens == 0) {
    throw CLI::ValidationError(
        "--kv-report, --key-bias on and --key-scales on need a text that the model tells itself; "
        "give --kv-tokens more than 0, and weights that are not random");
  }
}

void finish_calibration(CommandLine& line) {
  CalibrationChoice& choice = line.options.calibration;
  if (line.calibration.empty()) return;
  choice.text = line.calibration == "own"    ? CalibrationChoice::Text::own
                : line.calibration == "none" ? CalibrationChoice::Text::none
                                             : CalibrationChoice::Text::file;
  choice.file = line.calibration;
  if (!line.calibration_state.empty()) choice.state = line.calibration_state;
}

}  // namespace

void add_options(CLI::App& app, CommandLine& line) {
  ConvertOptions& options = line.options;
  add_sources(app, line);
  auto* output = app.add_option("-o,--output", options.output, "Model file to write.")
                     ->check(common::check_file_name, "", "")
                     ->required();
  app.add_flag_callback(
         "--families",
         [&line, output] {
           line.families = true;
           output->required(false);
         },
         "List the families of models that can be converted and how each was tested, and exit;\n"
         "with --json as JSON.")
      ->excludes("SOURCE")
      ->excludes("--random")
      ->excludes(output);
  add_formats(app, line);
  add_cache_options(app, line);
  add_quantization(app, line);
  app.add_flag(
         "--outline", options.outline,
         "Write a file without weights, in a moment: what 'ringlet plan' and 'ringlet inspect'\n"
         "read, of the size that the model will have. It takes no room on most disks.")
      ->excludes("--perplexity")
      ->excludes("--kv-report");
  app.add_option("--name", options.name, "Model name (default: that of SOURCE or SHAPE).");
  app.add_option("--licence", options.licence, "Licence of the weights, stored in the file.");
  app.add_flag("--token-trie", options.formats.token_trie,
               "Add the trie of tokens that grammars need in firmware; on Linux it is built in "
               "memory\nwhere the file has none.");
  options.formats.threads = port::available_processors();
  app.add_option(
         "-t,--threads", options.formats.threads,
         "Threads that convert (default: one for each processor). The file is the same with "
         "any number.")
      ->check(CLI::Range(1, 1024));
  app.add_flag("-q,--quiet", options.quiet, "Print errors only.");
  app.add_flag("-v,--verbose", options.verbose, "Print every tensor.")->excludes("--quiet");
  app.add_flag("--json", options.json, "Print a report as JSON on standard output.")
      ->excludes("--outline");
  app.add_flag("--no-color", line.no_color, "Use no colours; the variable NO_COLOR does the same.");
  app.set_version_flag("--version", converter_name, "Print the version and exit.");
  app.footer(examples + describe_random_presets());
}

void finish_options(CommandLine& line) {
  WriteOptions& formats = line.options.formats;
  formats.weights = format_named(line.weights).value_or(formats.weights);
  formats.embedding = format_named(line.embedding).value_or(formats.embedding);
  formats.lm_head = format_named(line.lm_head).value_or(formats.lm_head);
  formats.attention = format_named(line.attention);
  formats.feed_forward = format_named(line.feed_forward);
  // The purpose of a calibration text is to fit INT4, so it implies INT4 if no format is given.
  const bool calibrates = !line.calibration.empty() && line.calibration != "none";
  const bool no_weights = line.weights.empty() && !calibrates;
  formats.keep_codes = {.embedding = line.embedding.empty(),
                        .attention = no_weights && line.attention.empty(),
                        .feed_forward = no_weights && line.feed_forward.empty(),
                        .lm_head = line.lm_head.empty()};
  finish_cache_options(line);
  finish_calibration(line);
  if (!line.perplexity.empty()) line.options.perplexity = line.perplexity;
  if (!line.tokenizer.empty()) line.options.tokenizer = line.tokenizer;
  if (!line.random.empty()) {
    line.options.random = parse_random_shape(line.random);
  }
}

}  // namespace ringlet::convert
