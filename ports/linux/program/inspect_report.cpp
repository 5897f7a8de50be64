#include "inspect_report.hpp"

#include <cstring>

#include "inspect_architecture.hpp"
#include "model/file_format.hpp"
#include "model/needs.hpp"
#include "ringlet/config.hpp"
#include "schema/ringlet_generated.h"
#include "values.hpp"

namespace ringlet::cli {
namespace {

using Json = nlohmann::ordered_json;

file::Preamble preamble_of(const LoadedModel& model) {
  file::Preamble preamble;
  std::memcpy(&preamble, model.file.bytes().data(),
              sizeof preamble);  // Model::open has verified it
  return preamble;
}

std::string format_version(const LoadedModel& model) {
  const file::Preamble preamble = preamble_of(model);
  return std::to_string(preamble.major) + "." + std::to_string(preamble.minor);
}

Json tensor_json(const TensorRow& row) {
  Json result = {{"name", row.name},         {"format", row.format},
                 {"rows", row.rows},         {"columns", row.columns},
                 {"bytes", row.bytes},       {"codes_crc32c", format("%08x", row.codes_crc32c)},
                 {"scales_crc32c", nullptr}, {"error", row.error}};
  if (row.has_scales) result["scales_crc32c"] = format("%08x", row.scales_crc32c);
  return result;
}

Json provenance_json(const schema::Provenance* provenance) {
  if (provenance == nullptr) return nullptr;
  return {{"name", text_or_empty(provenance->name())},
          {"source", text_or_empty(provenance->source())},
          {"converter", text_or_empty(provenance->converter())},
          {"settings", text_or_empty(provenance->settings())},
          {"licence", text_or_empty(provenance->licence())}};
}

std::string provenance_text(const schema::Provenance* provenance) {
  if (provenance == nullptr) return "";
  std::string text;
  const auto line = [&text](const char* name, const flatbuffers::String* value) {
    if (value != nullptr && value->size() > 0)
      text += format("%-13s", name) + printable(value->str()) + "\n";
  };
  line("name", provenance->name());
  line("source", provenance->source());
  line("converter", provenance->converter());
  line("settings", provenance->settings());
  line("licence", provenance->licence());
  return text;
}

/// What of RINGLET_FEATURES firmware for this model needs.
std::vector<std::string> features_of(const schema::Model& tables) {
  std::vector<std::string> features;
  for (const OptionalPart& part : optional_parts()) {
    if (part.needed(tables)) features.emplace_back(part.feature);
  }
  return features;
}

std::string features_text(const schema::Model& tables) {
  std::string text;
  for (const std::string& feature : features_of(tables))
    text += (text.empty() ? "" : ", ") + feature;
  return "features     " + (text.empty() ? "none" : text) + "\n";
}

std::string sampling_text(const SamplingDefaults& s) {
  return format("sampling     temperature %g, top-k %u, top-p %g, min-p %g, repeat penalty %g\n",
                static_cast<double>(s.temperature), s.top_k, static_cast<double>(s.top_p),
                static_cast<double>(s.min_p), static_cast<double>(s.repeat_penalty));
}

std::string tensor_text(const std::vector<TensorRow>& tensors) {
  std::string text = format("%-24s %-6s %15s %14s  %-8s %-8s %9s\n", "tensor", "format", "shape",
                            "bytes", "codes", "scales", "error");
  for (const TensorRow& row : tensors) {
    const std::string shape = row.columns == 1
                                  ? std::to_string(row.rows)
                                  : std::to_string(row.rows) + " x " + std::to_string(row.columns);
    text += format("%-24s %-6s %15s %14s  %08x %-8s ", row.name.c_str(), row.format.c_str(),
                   shape.c_str(), with_commas(row.bytes).c_str(), row.codes_crc32c,
                   row.has_scales ? format("%08x", row.scales_crc32c).c_str() : "-");
    text += row.has_scales ? format("%7.3f %%\n", 100 * static_cast<double>(row.error))
                           : format("%9s\n", "exact");
  }
  return text;
}

}  // namespace

std::string inspect_text(const LoadedModel& model) {
  const schema::Model& tables = *model.model.tables();
  const std::vector<TensorRow> tensors = list_tensors(model.model);
  const TensorTotals totals = sum_up(tensors);
  const std::uint64_t size = model.file.bytes().size();
  return format("%s: ringlet model, format %s, %s bytes (%s)\n\n", model.name().c_str(),
                format_version(model).c_str(), with_commas(size).c_str(),
                human_bytes(size).c_str()) +
         provenance_text(tables.provenance()) + architecture_text(model) +
         format("weights      %s parameters, %.2f bits per weight in matrices\n",
                with_commas(totals.parameters).c_str(), totals.bits_per_weight()) +
         tokenizer_text(tables.tokenizer()) + chat_text(tables.chat()) + features_text(tables) +
         sampling_text(model.model.sampling()) +
         format("session      context %s, sinks %u, kv %s unless told otherwise\n\n",
                with_commas(effective_context(model.model, Config{})).c_str(), Config{}.sinks,
                describe_kv(model.model, Config{}).c_str()) +
         tensor_text(tensors);
}

Json inspect_json(const LoadedModel& model) {
  const schema::Model& tables = *model.model.tables();
  const SamplingDefaults s = model.model.sampling();
  const std::vector<TensorRow> rows = list_tensors(model.model);
  const TensorTotals totals = sum_up(rows);
  Json tensors = Json::array();
  for (const TensorRow& row : rows) tensors.push_back(tensor_json(row));
  return {{"model", model.name()},
          {"format_version", format_version(model)},
          {"file_bytes", model.file.bytes().size()},
          {"data_bytes", model.model.data().size()},
          {"parameters", totals.parameters},
          {"bits_per_weight", totals.bits_per_weight()},
          {"provenance", provenance_json(tables.provenance())},
          {"architecture", architecture_json(model)},
          {"layers", layers_json(model)},
          {"tokenizer", tokenizer_json(tables.tokenizer())},
          {"chat", chat_json(tables.chat())},
          {"features", features_of(tables)},
          {"sampling",
           {{"temperature", s.temperature},
            {"top_k", s.top_k},
            {"top_p", s.top_p},
            {"min_p", s.min_p},
            {"repeat_penalty", s.repeat_penalty}}},
          {"session",
           {{"context", effective_context(model.model, Config{})},
            {"sinks", Config{}.sinks},
            {"kv", describe_kv(model.model, Config{})}}},
          {"tensors", tensors}};
}

}  // namespace ringlet::cli
