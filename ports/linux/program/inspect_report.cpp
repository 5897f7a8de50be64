#include "inspect_report.hpp"

#include <cstring>

#include "model/file_format.hpp"
#include "model/needs.hpp"
#include "ringlet/config.hpp"
#include "schema/ringlet_generated.h"
#include "values.hpp"

namespace ringlet::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string text_or_empty(const flatbuffers::String* text) {
  return text == nullptr ? "" : text->str();
}

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

/// A file holds text as its converter wrote it; what reaches a terminal is valid UTF-8 without
/// controls.
std::string printable(std::string text) {
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) c = ' ';
  }
  return text;
}

Json architecture_json(const LoadedModel& model) {
  const Architecture& a = model.model.architecture();
  const schema::Architecture& table = *model.model.tables()->architecture();
  return {{"family", table.family()->str()},
          {"vocab_size", a.vocab_size},
          {"dim", a.dim},
          {"hidden_dim", a.hidden_dim},
          {"layers", a.layers},
          {"heads", a.heads},
          {"kv_heads", a.kv_heads},
          {"head_dim", a.head_dim},
          {"rotary_dim", a.rotary_dim},
          {"context", a.context},
          {"norm_epsilon", a.norm_epsilon},
          {"attention_scale", a.attention_scale},
          {"rope_theta", table.rope_theta()},
          {"tied_head", a.tied_head}};
}

Json tensor_json(const TensorRow& row) {
  Json result = {{"name", row.name},         {"format", row.format},
                 {"rows", row.rows},         {"columns", row.columns},
                 {"bytes", row.bytes},       {"codes_crc32c", format("%08x", row.codes_crc32c)},
                 {"scales_crc32c", nullptr}, {"error", row.error}};
  if (row.has_scales) result["scales_crc32c"] = format("%08x", row.scales_crc32c);
  return result;
}

Json tokenizer_json(const schema::Tokenizer* tokenizer) {
  if (tokenizer == nullptr) return nullptr;
  const auto id = [](std::int32_t token) { return token < 0 ? Json() : Json(token); };
  return {{"kind", schema::EnumNameTokenizerKind(tokenizer->kind())},
          {"tokens", tokenizer->ends()->size()},
          {"bos", id(tokenizer->bos())},
          {"eos", id(tokenizer->eos())},
          {"unknown", id(tokenizer->unknown())},
          {"add_bos", tokenizer->add_bos()},
          {"add_space_prefix", tokenizer->add_space_prefix()},
          {"byte_fallback",
           tokenizer->byte_tokens() != nullptr && tokenizer->byte_tokens()->size() > 0},
          {"longest_piece", tokenizer->longest_piece()},
          {"pre_tokenizer", schema::EnumNamePreTokenizer(tokenizer->pre_tokenizer())},
          {"byte_level", tokenizer->byte_level()},
          {"merges", tokenizer->merge_rights() == nullptr ? 0 : tokenizer->merge_rights()->size()},
          {"added", tokenizer->added() == nullptr ? 0 : tokenizer->added()->size()}};
}

Json chat_json(const schema::ChatFormat* chat) {
  if (chat == nullptr) return nullptr;
  const auto text = [](const flatbuffers::String* value) {
    return value == nullptr ? Json() : Json(value->str());
  };
  return {{"name", text_or_empty(chat->name())},
          {"opening", text(chat->opening())},
          {"system_prefix", text(chat->system_prefix())},
          {"system_suffix", text(chat->system_suffix())},
          {"before_reply", text(chat->before_reply())},
          {"after_reply", text(chat->after_reply())},
          {"trim", chat->trim()}};
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

std::string tokenizer_text(const schema::Tokenizer* tokenizer) {
  if (tokenizer == nullptr) return "tokenizer    none\n";
  const auto id = [](std::int32_t token) {
    return token < 0 ? std::string("none") : std::to_string(token);
  };
  const std::string kind = schema::EnumNameTokenizerKind(tokenizer->kind());
  const std::string words = schema::EnumNamePreTokenizer(tokenizer->pre_tokenizer());
  return format("tokenizer    %s, %s tokens, bos %s, eos %s, longest piece %u bytes\n",
                (kind + (tokenizer->byte_level() ? " of bytes, words as " + words : "")).c_str(),
                with_commas(tokenizer->ends()->size()).c_str(), id(tokenizer->bos()).c_str(),
                id(tokenizer->eos()).c_str(), tokenizer->longest_piece());
}

std::string chat_text(const schema::ChatFormat* chat) {
  if (chat == nullptr) return "chat         no format\n";
  return "chat         " + printable(text_or_empty(chat->name())) +
         (chat->system_prefix() == nullptr ? ", no system message\n" : ", with a system message\n");
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

std::string architecture_text(const LoadedModel& model) {
  const Architecture& a = model.model.architecture();
  const schema::Architecture& table = *model.model.tables()->architecture();
  return format("family       %s\n", printable(table.family()->str()).c_str()) +
         format("shape        %u layers, dim %u, hidden %u, vocabulary %s, %s head\n", a.layers,
                a.dim, a.hidden_dim, with_commas(a.vocab_size).c_str(),
                a.tied_head ? "tied" : "separate") +
         format("attention    %u heads, %u kv heads, head dim %u\n", a.heads, a.kv_heads,
                a.head_dim) +
         format("positions    trained on %s, rotary dim %u, theta %g\n",
                with_commas(a.context).c_str(), a.rotary_dim, table.rope_theta());
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
