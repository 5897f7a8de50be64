#include "report.hpp"

#include <cmath>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "cache_fit/report.hpp"
#include "common/format_values.hpp"
#include "common/visible_text.hpp"
#include "import/print_note.hpp"
#include "kernels/packed_layout.hpp"
#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

using common::with_commas;

/// The matrices of one class: their number, format and error.
struct ClassTotals {
  std::uint64_t matrices = 0;
  std::uint64_t weights = 0;
  std::uint64_t bytes = 0;
  double squared_error = 0;  // of each matrix's relative error, weighted by its size
  MatrixFormat format = MatrixFormat::f32;
  bool mixed = false;  // source matrices that keep their formats

  void add(const TensorReport& tensor) {
    const std::uint64_t count = std::uint64_t{tensor.rows} * tensor.columns;
    ++matrices;
    weights += count;
    bytes += tensor.bytes;
    squared_error += static_cast<double>(count) * tensor.relative_error * tensor.relative_error;
    mixed = mixed || (matrices > 1 && format != tensor.format);
    format = tensor.format;
  }
  [[nodiscard]] double error() const {
    return weights > 0 ? std::sqrt(squared_error / static_cast<double>(weights)) : 0;
  }
};

void print_class(const char* what, const ClassTotals& totals) {
  if (totals.matrices == 0) return;
  print_note("  %-20s %-5s %12s bytes   rms error %.3f %%\n", what,
             totals.mixed ? "mixed" : name_of(totals.format), with_commas(totals.bytes).c_str(),
             100 * totals.error());
}

const char* name_of(TensorClass kind) {
  switch (kind) {
    case TensorClass::embedding:
      return "embedding";
    case TensorClass::attention:
      return "attention";
    case TensorClass::feed_forward:
      return "feed-forward";
    case TensorClass::gates:
      return "gates";
    case TensorClass::tables:
      return "layer inputs";
    case TensorClass::lm_head:
      break;
  }
  return "lm_head";
}

/// Reports quantized weights that became INT8 by default, and what INT4 would cost.
void print_second_rounding(const WriteReport& report, const TensorClasses& kept) {
  std::set<std::string> types;
  std::uint64_t bytes = 0;
  std::uint64_t int4_bytes = 0;
  for (const TensorReport& tensor : report.tensors) {
    const bool by_default = (tensor.kind == TensorClass::attention && kept.attention) ||
                            (tensor.kind == TensorClass::feed_forward && kept.feed_forward);
    if (!by_default || tensor.codes.empty() || tensor.format != MatrixFormat::int8) continue;
    types.insert(tensor.codes);
    bytes += tensor.bytes;
    int4_bytes += packed::int4_bytes(tensor.rows, tensor.columns) +
                  packed::scale_bytes(tensor.rows, tensor.columns);
  }
  if (types.empty()) return;
  std::string names;
  for (const std::string& type : types) names += (names.empty() ? "" : ", ") + type;
  print_note(
      "  %s weights became INT8, because INT4 would quantize them a second time; --weights "
      "int4 does so in %s instead of %s bytes (--perplexity measures the loss)\n",
      names.c_str(), with_commas(int4_bytes).c_str(), with_commas(bytes).c_str());
}

/// The KL divergence as the rise of perplexity that it predicts, without the luck of the text.
void print_loss(const ModelComparison& measured, const ConvertOptions& options) {
  const double rise = std::expm1(measured.divergence);
  print_note(
      "  loss on %s: KL %.2f %% (standard error %.2f %%); perplexity %.4f before, %.4f after "
      "quantization (%+.2f %%)\n",
      options.perplexity->c_str(), 100 * rise, 100 * (1 + rise) * measured.standard_error,
      measured.exact_perplexity, measured.other_perplexity,
      100 * (measured.other_perplexity / measured.exact_perplexity - 1));
}

nlohmann::ordered_json describe(const Architecture& a) {
  return {{"vocab_size", a.vocab_size},
          {"dim", a.dim},
          {"hidden_dim", a.hidden_dim},
          {"layers", a.layers},
          {"heads", a.heads},
          {"kv_heads", a.kv_heads},
          {"head_dim", a.head_dim},
          {"context", a.trained_context},
          {"tied_embedding", a.tied_embedding}};
}

nlohmann::ordered_json describe(const TensorReport& tensor) {
  return {{"name", tensor.name},
          {"class", tensor.kind ? nlohmann::ordered_json(name_of(*tensor.kind)) : nullptr},
          {"format", name_of(tensor.format)},
          {"source_type", tensor.codes.empty() ? nullptr : nlohmann::ordered_json(tensor.codes)},
          {"rows", tensor.rows},
          {"columns", tensor.columns},
          {"bytes", tensor.bytes},
          {"relative_error", tensor.relative_error}};
}

}  // namespace

void print_tensor(const TensorReport& tensor) {
  print_note("  %-36s %-5s %8u x %-8u rms error %.3f %%\n", tensor.name.c_str(),
             name_of(tensor.format), tensor.rows, tensor.columns, 100 * tensor.relative_error);
}

void print_summary(const SourceModel& source, const WriteReport& report,
                   const ConvertOptions& options, double seconds,
                   const std::optional<ModelComparison>& measured) {
  for (const auto kind : {TensorClass::embedding, TensorClass::attention, TensorClass::feed_forward,
                          TensorClass::gates, TensorClass::tables, TensorClass::lm_head}) {
    ClassTotals totals;
    for (const TensorReport& tensor : report.tensors) {
      if (tensor.kind == kind) totals.add(tensor);
    }
    const bool both = kind == TensorClass::embedding && !source.lm_head;
    print_class(both ? "embedding and head" : name_of(kind), totals);
  }
  print_second_rounding(report, options.formats.keep_codes);
  if (measured) print_loss(*measured, options);
  print_note("wrote %s: %s parameters, %s bytes, %.2f bits per weight, verified, in %.1f s\n",
             common::visible(options.output.string(), true).c_str(),
             with_commas(report.parameters).c_str(), with_commas(report.file_bytes).c_str(),
             report.bits_per_weight, seconds);
}

void print_json(const SourceModel& source, const WriteReport& report,
                const std::optional<CacheReport>& cache, const ConvertOptions& options,
                double seconds, const std::optional<ModelComparison>& measured) {
  nlohmann::ordered_json document = {{"source", source.source},
                                     {"output", options.output.string()},
                                     {"name", source.name},
                                     {"licence", source.licence},
                                     {"architecture", describe(source.architecture)},
                                     {"tokenizer", source.tokenizer.has_value()},
                                     {"parameters", report.parameters},
                                     {"file_bytes", report.file_bytes},
                                     {"weight_bytes", report.weight_bytes},
                                     {"bits_per_weight", report.bits_per_weight},
                                     {"seconds", seconds}};
  if (cache) document["cache"] = describe_cache(*cache, source);
  if (measured) {
    document["perplexity"] = {{"text", options.perplexity->string()},
                              {"tokens", measured->tokens},
                              {"unquantized", measured->exact_perplexity},
                              {"converted", measured->other_perplexity},
                              {"mean_kl", measured->divergence},
                              {"mean_kl_standard_error", measured->standard_error}};
  }
  auto& tensors = document["tensors"] = nlohmann::ordered_json::array();
  for (const TensorReport& tensor : report.tensors) tensors.push_back(describe(tensor));
  // Names from a source can be any bytes. Those that are not UTF-8 are replaced.
  std::cout << document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
            << '\n'
            << std::flush;
  if (!std::cout) fail("the report cannot be written to standard output; the model is complete");
}

}  // namespace ringlet::convert
