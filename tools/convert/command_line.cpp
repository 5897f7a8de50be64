#include "command_line.hpp"

#include "tables.hpp"

namespace ringlet::convert {
namespace {

constexpr const char* examples = R"(Examples:
  ringlet-convert stories15M.bin -o stories15M.ringlet
      INT4 weights, INT8 embedding, with the tokenizer.bin beside the checkpoint
  ringlet-convert stories260K.bin -o s.ringlet --tokenizer tok512.bin --weights int8
      another tokenizer, INT8 throughout
  ringlet-convert model.bin -o model.ringlet --weights f32 --embedding f32 --head f32
      without quantization, as a reference
  ringlet-convert SmolLM2-135M/ -o smollm2.ringlet
      a Hugging Face folder (config.json, *.safetensors)
  ringlet-convert model-Q4_0.gguf -o model.ringlet
      a GGUF file: Q4_0 becomes INT4 and Q8_0 INT8 with the very codes; other types become INT8
  ringlet-convert SmolLM2-135M/ -o smollm2.ringlet --calibrate text.txt --perplexity other.txt
      INT4 fitted to a text, and what that costs on another
  ringlet-convert --random llama-135m -o random.ringlet
      random weights in a known shape, to measure speed and memory with
  ringlet-convert --random llama:dim=512,layers=8,heads=8,kv_heads=2,ffn=1536,vocab=8000 -o r.ringlet
      random weights in any shape

SOURCE is a Hugging Face folder, a GGUF file (version 2 or 3; any one part of a split file) or a
llama2.c checkpoint (legacy, version 1 or version 2); its kind is detected.

A source that is quantized already is not quantized a second time unless a format is named: what INT4
holds without loss stays INT4, and everything else becomes INT8.

SHAPE is NAME or NAME:key=value,...
  keys of llama: dim, layers, heads, ffn, vocab; and with defaults kv_heads (as heads), head_dim
  (dim / heads), context (2048), tied (0; 1: the head is the embedding), seed (1)
  names with keys of their own, which may be given anew after the colon:
)";

std::optional<MatrixFormat> format_named(const std::string& name) {
  for (const auto format :
       {MatrixFormat::int4, MatrixFormat::int8, MatrixFormat::f16, MatrixFormat::f32}) {
    if (name == name_of(format)) return format;
  }
  return std::nullopt;
}

/// An empty text when the shape can be read, or what is wrong with it, as CLI11 wants it.
std::string check_shape(const std::string& text) {
  try {
    parse_random_shape(text);
    return {};
  } catch (const std::exception& error) {
    return error.what();
  }
}

/// An empty text unless there is certainly no such file: any other reason is told when it is
/// opened.
std::string check_text(const std::string& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return "no such file: " + path;
  if (status.type() == std::filesystem::file_type::directory) return "is a folder: " + path;
  return {};
}

void add_sources(CLI::App& app, CommandLine& line) {
  auto* source = app.add_option("SOURCE", line.options.source, "the checkpoint to convert");
  auto* tokenizer = app.add_option("--tokenizer", line.tokenizer,
                                   "tokenizer to use, of any kind, or the folder that has it "
                                   "(default: the one beside SOURCE)");
  app.add_flag("--no-tokenizer", line.options.no_tokenizer,
               "write a model that takes token ids only")
      ->excludes(tokenizer);
  app.add_option("--ignore-setting", line.options.ignored_settings,
                 "convert as if the source did not have this setting, which is refused because it "
                 "is unknown here and could change results; the full name, once for each")
      ->type_name("NAME")
      ->allow_extra_args(false);
  app.add_option("--random", line.random, "instead of SOURCE: random weights in this shape")
      ->type_name("SHAPE")
      ->check(CLI::Validator(check_shape, "", "shape"))
      ->excludes(source);
}

void add_cache_options(CLI::App& app, CommandLine& line) {
  const CLI::IsMember choices({"auto", "on", "off"});
  constexpr const char* group = "Cache (auto: measured on a text that the model tells itself)";
  app.add_option("--kv", line.kv, "format of the cache that the file recommends")
      ->check(CLI::IsMember({"auto", "f32", "f16", "int8", "k8v4", "int4"}))
      ->capture_default_str()
      ->group(group);
  app.add_option(
         "--turn", line.turn,
         "Hadamard transform of each head in an integer cache: of keys, done at run time; of "
         "values, folded into the weights (auto leaves values of weights that are on their INT4 "
         "grid)")
      ->check(CLI::IsMember({"auto", "both", "keys", "values", "none"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--key-bias", line.key_bias,
                 "store keys without their mean, which is given back to scores exactly")
      ->check(choices)
      ->capture_default_str()
      ->group(group);
  app.add_option("--key-scales", line.key_scales,
                 "scale rotary pairs so that their errors cost alike; folded into the weights")
      ->check(choices)
      ->capture_default_str()
      ->group(group);
  app.add_option("--kv-tokens", line.options.cache.tokens,
                 "tokens of that text; 0: nothing is measured, heads are turned, INT8 recommended "
                 "(as for random weights)")
      ->check(CLI::Range(0, 65536))
      ->capture_default_str()
      ->group(group);
  app.add_flag("--kv-report", line.options.cache.report,
               "print the errors of every layer under every treatment")
      ->group(group);
}

/// How INT4 is chosen, and what is told about it.
void add_quantization(CLI::App& app, CommandLine& line) {
  app.add_option("--importance", line.importance,
                 "what the search for INT4 scales favours without a calibration text: inputs that "
                 "the gains of norms make large, or none")
      ->check(CLI::IsMember({"norms", "none"}))
      ->capture_default_str();
  auto* calibrate =
      app.add_option("--calibrate", line.calibration,
                     "run the unquantized model over this text and quantize for what it feeds into "
                     "its matrices")
          ->type_name("TEXT")
          ->check(CLI::Validator(check_text, "", "text"));
  app.add_option("--calibrate-tokens", line.options.calibration_tokens,
                 "read at most so many tokens of it")
      ->check(CLI::Range(1U, 1U << 24))
      ->capture_default_str()
      ->needs(calibrate);
  app.add_option("--calibrate-with", line.calibrated,
                 "scaling (AWQ: columns that meet large inputs are made larger), compensation "
                 "(GPTQ: later weights make up for earlier ones) or both")
      ->check(CLI::IsMember({"both", "scaling", "compensation"}))
      ->capture_default_str()
      ->needs(calibrate);
  app.add_option("--perplexity", line.perplexity,
                 "report the perplexity of this text before and after quantization")
      ->type_name("TEXT")
      ->check(CLI::Validator(check_text, "", "text"));
}

void add_formats(CLI::App& app, CommandLine& line) {
  const CLI::IsMember formats({"int4", "int8", "f16", "f32"});
  app.add_option("--weights", line.weights,
                 "format of the layers' matrices (default: int4; of a source that is quantized "
                 "already what holds its numbers, see below)")
      ->check(formats);
  app.add_option("--attention", line.attention,
                 "format of the layers' wq, wk, wv and wo (default: that of --weights)")
      ->check(formats);
  app.add_option("--feed-forward", line.feed_forward,
                 "format of the layers' w_gate, w_up and w_down (default: that of --weights)")
      ->check(formats);
  app.add_option("--embedding", line.embedding, "format of the token embedding (default: int8)")
      ->check(formats);
  app.add_option("--head", line.head,
                 "format of the output head, unless it is the embedding (default: int8)")
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
  if (line.turn != "auto") {
    cache.turn_keys = line.turn == "both" || line.turn == "keys";
    cache.turn_values = line.turn == "both" || line.turn == "values";
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

}  // namespace

void add_options(CLI::App& app, CommandLine& line) {
  ConvertOptions& options = line.options;
  add_sources(app, line);
  app.add_option("-o,--output", options.output, "the model file to write")->required();
  add_formats(app, line);
  add_cache_options(app, line);
  add_quantization(app, line);
  app.add_option("--name", options.name, "name of the model (default: that of SOURCE or SHAPE)");
  app.add_option("--licence", options.licence, "licence of the weights, kept in the file");
  app.add_flag("-q,--quiet", options.quiet, "print errors only");
  app.add_flag("-v,--verbose", options.verbose, "print every tensor")->excludes("--quiet");
  app.add_flag("--json", options.json, "print a report as JSON on standard output");
  app.add_flag("--no-color", line.no_color, "no colours (also: the environment variable NO_COLOR)");
  app.set_version_flag("--version", converter_name);
  app.footer(examples + describe_random_presets());
}

void finish_options(CommandLine& line) {
  WriteOptions& formats = line.options.formats;
  formats.weights = format_named(line.weights).value_or(formats.weights);
  formats.embedding = format_named(line.embedding).value_or(formats.embedding);
  formats.head = format_named(line.head).value_or(formats.head);
  formats.attention = format_named(line.attention);
  formats.feed_forward = format_named(line.feed_forward);
  // A calibration text is there to fit INT4, so it asks for INT4 where no format is named.
  const bool no_weights = line.weights.empty() && line.calibration.empty();
  formats.keep_codes = {.embedding = line.embedding.empty(),
                        .attention = no_weights && line.attention.empty(),
                        .feed_forward = no_weights && line.feed_forward.empty(),
                        .head = line.head.empty()};
  finish_cache_options(line);
  line.options.norm_importance = line.importance == "norms";
  line.options.calibrated = {.scale = line.calibrated != "compensation",
                             .compensate = line.calibrated != "scaling"};
  if (!line.calibration.empty()) line.options.calibration = line.calibration;
  if (!line.perplexity.empty()) line.options.perplexity = line.perplexity;
  if (!line.tokenizer.empty()) line.options.tokenizer = line.tokenizer;
  if (!line.random.empty()) {
    line.options.random = parse_random_shape(line.random);
  }
}

}  // namespace ringlet::convert
