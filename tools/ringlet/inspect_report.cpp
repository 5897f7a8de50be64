#include "inspect_report.hpp"

#include <cstring>

#include "inspect_architecture.hpp"
#include "model/file_format.hpp"
#include "model/required_features.hpp"
#include "parse_values.hpp"
#include "ringlet/config.hpp"
#include "schema/ringlet_generated.h"

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

Json tensor_json(const TensorInfo& tensor) {
  Json result = {{"name", full_name(tensor)}, {"format", name_of(tensor.format)},
                 {"rows", tensor.rows},       {"columns", tensor.columns},
                 {"bytes", tensor.bytes()},   {"codes_crc32c", format("%08x", tensor.codes_crc32c)},
                 {"scales_crc32c", nullptr},  {"error", tensor.error}};
  if (tensor.scales_bytes > 0) result["scales_crc32c"] = format("%08x", tensor.scales_crc32c);
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

/// The entries of RINGLET_FEATURES that firmware for this model needs.
std::vector<std::string> features_of(const schema::Model& tables) {
  std::vector<std::string> features;
  for (const OptionalFeature& feature : optional_features()) {
    if (feature.needed(tables)) features.emplace_back(feature.name);
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

std::string tensor_text(const std::vector<TensorInfo>& tensors) {
  std::string text = format("%-24s %-6s %15s %14s  %-8s %-8s %9s\n", "tensor", "format", "shape",
                            "bytes", "codes", "scales", "error");
  for (const TensorInfo& tensor : tensors) {
    std::string shape = std::to_string(tensor.rows);
    if (tensor.is_matrix) shape += " x " + std::to_string(tensor.columns);
    const bool has_scales = tensor.scales_bytes > 0;
    text += format("%-24s %-6s %15s %14s  %08x %-8s ", full_name(tensor).c_str(),
                   name_of(tensor.format), shape.c_str(), with_commas(tensor.bytes()).c_str(),
                   tensor.codes_crc32c,
                   has_scales ? format("%08x", tensor.scales_crc32c).c_str() : "-");
    text += has_scales ? format("%7.3f %%\n", 100 * static_cast<double>(tensor.error))
                       : format("%9s\n", "exact");
  }
  return text;
}

}  // namespace

std::string inspect_text(const LoadedModel& model) {
  const schema::Model& tables = *model.model.tables();
  const std::vector<TensorInfo> tensors = all_tensors(model.model);
  const TensorTotals totals = sum_up(tensors);
  const std::uint64_t size = model.file.bytes().size();
  return format("%s: ringlet model, format %s, %s bytes (%s)\n\n", model.name().c_str(),
                format_version(model).c_str(), with_commas(size).c_str(),
                human_bytes(size).c_str()) +
         provenance_text(tables.provenance()) + architecture_text(model) +
         format("weights      %s parameters, %.2f bits per weight in matrices\n",
                with_commas(totals.parameters).c_str(), totals.bits_per_weight()) +
         tokenizer_text(tables.tokenizer()) + chat_text(tables.chat()) +
         templates_text(templates::templates_of(tables, model.path)) + features_text(tables) +
         sampling_text(model.model.sampling()) +
         format("session      defaults: context %s, sinks %u, kv %s\n\n",
                with_commas(effective_context(model.model, Config{})).c_str(), Config{}.sinks,
                describe_kv(model.model, Config{}).c_str()) +
         tensor_text(tensors);
}

Json inspect_json(const LoadedModel& model) {
  const schema::Model& tables = *model.model.tables();
  const SamplingDefaults s = model.model.sampling();
  const std::vector<TensorInfo> infos = all_tensors(model.model);
  const TensorTotals totals = sum_up(infos);
  Json tensors = Json::array();
  for (const TensorInfo& info : infos) tensors.push_back(tensor_json(info));
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
          {"templates", templates_json(templates::templates_of(tables, model.path))},
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
