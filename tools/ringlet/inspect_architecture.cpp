#include "inspect_architecture.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "parse_values.hpp"
#include "schema/ringlet_generated.h"

namespace ringlet::cli {
namespace {

using Json = nlohmann::ordered_json;

bool has_gate(const LoadedModel& model) {
  return model.model.tables()->layers()->Get(0)->w_gate() != nullptr;
}

Json ids_json(const flatbuffers::Vector<std::uint32_t>* ids) {
  Json list = Json::array();
  for (std::uint32_t i = 0; ids != nullptr && i < ids->size(); ++i) list.push_back(ids->Get(i));
  return list;
}

/// The optional tensors of a layer.
std::vector<std::string> parts_of(const schema::Layer& layer) {
  std::vector<std::string> parts;
  const auto add = [&](const char* name, bool there) {
    if (there) parts.emplace_back(name);
  };
  add("norm biases", layer.attention_norm_bias() != nullptr);
  add("q, k, v biases", layer.bq() != nullptr);
  add("output bias", layer.bo() != nullptr);
  add("q, k norms", layer.q_norm() != nullptr);
  add("feed-forward biases", layer.b_down() != nullptr);
  add("norms after blocks", layer.post_attention_norm() != nullptr);
  add("no norms before blocks", layer.attention_norm() == nullptr);
  add("norms of all heads of q, k", layer.all_q_norm() != nullptr);
  add("norm of what is attended", layer.attended_norm() != nullptr);
  add("norm of values", layer.v_norm() != nullptr);
  add("norm of the hidden vector", layer.hidden_norm() != nullptr);
  return parts;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "; ") + part;
  return text;
}

/// How this family differs from Llama 2, and how its layers compute.
std::string variants_text(const LoadedModel& model) {
  const Architecture& a = model.model.architecture();
  const schema::Architecture& table = *model.model.tables()->architecture();
  std::vector<std::string> parts = parts_of(*model.model.tables()->layers()->Get(0));
  const auto add = [&](bool there, const std::string& text) {
    if (there) parts.push_back(text);
  };
  const auto number = [](float value) { return format("%g", static_cast<double>(value)); };
  add(a.embedding_scale != 1, "embedding times " + number(a.embedding_scale));
  add(a.attention_softcap != 0, "scores capped at " + number(a.attention_softcap));
  add(a.logit_softcap != 0, "logits capped at " + number(a.logit_softcap));
  add(a.rotary_scale != 1, "cosines and sines times " + number(a.rotary_scale));
  add(table.rotary_frequencies_local() != nullptr, "local layers with rotary steps of their own");
  add(table.rotary_frequencies_long() != nullptr,
      "other rotary steps above " + with_commas(table.rope_long_above()) + " positions");
  add(a.residual_scale != 1, "results of blocks times " + number(a.residual_scale));
  add(a.parallel_blocks, "both blocks of a layer at once");
  add(a.norm_after_rotary, "norms of heads after rotation");
  add(a.query_growth != 0, "queries times 1 + " + number(a.query_growth) + " ln(1 + position / " +
                               with_commas(a.query_growth_length) + ")");
  add(model.model.tables()->lm_head_bias() != nullptr, "bias of the head");
  add(a.per_layer_dim != 0, with_commas(a.per_layer_dim) + " numbers of a token for each layer");
  add(a.learned_positions > 0, with_commas(a.learned_positions) + " learned positions");
  return format("blocks       %s norm, %s%s, attention scale %s\n",
                schema::EnumNameNormKind(table.norm()),
                schema::EnumNameActivation(table.activation()),
                has_gate(model) ? " with gate" : ", no gate", number(a.attention_scale).c_str()) +
         (parts.empty() ? "" : "besides      " + joined(parts) + "\n");
}

/// What a layer has for itself: sizes, and whose cache it reads.
void add_differences(const schema::Layer& layer, std::vector<std::string>& parts) {
  if (layer.head_dim() != 0) parts.push_back(format("heads of %u", layer.head_dim()));
  if (layer.kv_heads() != 0) parts.push_back(format("%u kv heads", layer.kv_heads()));
  if (layer.hidden_dim() != 0) parts.push_back("hidden " + with_commas(layer.hidden_dim()));
  if (layer.values_are_keys()) parts.emplace_back("values from keys");
}

/// Groups equal layers into one line: rotary embedding, window, and recommended cache formats.
std::string layers_text(const LoadedModel& model) {
  std::vector<std::pair<std::string, std::uint32_t>> kinds;
  const std::uint32_t positions = model.model.architecture().convolution;
  for (const schema::Layer* layer : *model.model.tables()->layers()) {
    std::vector<std::string> parts;
    const bool attends = layer->mixer() == schema::MixerKind::attention;
    if (layer->mixer() == schema::MixerKind::short_convolution) {
      parts.push_back(format("short convolution of %u positions", positions));
    } else if (!attends) {
      const Architecture& a = model.model.architecture();
      parts.push_back(
          format("gated delta rule, %u heads of %u by %u on %u of keys, convolution of "
                 "%u positions",
                 a.state_heads, a.state_head_dim, a.state_key_dim, a.state_key_heads, positions));
    } else if (layer->attended_gate() != nullptr) {
      parts.emplace_back("gated attention");
    }
    if (layer->rotary() != schema::Rotary::global) {
      parts.push_back(std::string(schema::EnumNameRotary(layer->rotary())) + " rotary");
    }
    if (layer->window() > 0) parts.push_back("window of " + with_commas(layer->window()));
    add_differences(*layer, parts);
    if (layer->cache_of() >= 0) {
      parts.push_back(format("reads the cache of layer %d", layer->cache_of()));
    } else if (attends) {
      parts.push_back(std::string("keys ") + schema::EnumNameKvFormat(layer->kv_keys()) +
                      (layer->hadamard_keys() ? ", Hadamard" : "") +
                      (layer->key_bias() != nullptr ? ", with a bias" : "") + "; values " +
                      schema::EnumNameKvFormat(layer->kv_values()));
    }
    const std::string text = joined(parts);
    const auto same = std::find_if(kinds.begin(), kinds.end(),
                                   [&](const auto& kind) { return kind.first == text; });
    if (same == kinds.end()) {
      kinds.emplace_back(text, 1);
    } else {
      ++same->second;
    }
  }
  std::string text;
  for (const auto& [kind, count] : kinds) {
    text += format("%-13s%u x %s\n", text.empty() ? "layers" : "", count, kind.c_str());
  }
  return text;
}

}  // namespace

std::string text_or_empty(const flatbuffers::String* text) {
  return text == nullptr ? "" : text->str();
}

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
          {"context", a.trained_context},
          {"norm_epsilon", a.norm_epsilon},
          {"attention_scale", a.attention_scale},
          {"rope_theta", table.rope_theta()},
          {"tied_embedding", a.tied_embedding},
          {"norm", schema::EnumNameNormKind(table.norm())},
          {"activation", schema::EnumNameActivation(table.activation())},
          {"gated", has_gate(model)},
          {"embedding_scale", a.embedding_scale},
          {"attention_softcap", a.attention_softcap},
          {"logit_softcap", a.logit_softcap},
          {"rotary_scale", a.rotary_scale},
          {"local_rotary", table.rotary_frequencies_local() != nullptr},
          {"long_rotary_above",
           table.rotary_frequencies_long() == nullptr ? Json() : Json(table.rope_long_above())},
          {"learned_positions", a.learned_positions},
          {"residual_scale", a.residual_scale},
          {"parallel_blocks", a.parallel_blocks},
          {"norm_after_rotary", a.norm_after_rotary},
          {"convolution", a.convolution},
          {"state_heads", a.state_heads},
          {"state_key_heads", a.state_key_heads},
          {"state_head_dim", a.state_head_dim},
          {"state_key_dim", a.state_key_dim},
          {"per_layer_dim", a.per_layer_dim},
          {"query_growth", a.query_growth},
          {"query_growth_length", a.query_growth_length},
          {"lm_head_bias", model.model.tables()->lm_head_bias() != nullptr}};
}

Json layers_json(const LoadedModel& model) {
  Json list = Json::array();
  const Architecture& a = model.model.architecture();
  const auto or_of_all = [](std::uint32_t own, std::uint32_t all) { return own != 0 ? own : all; };
  for (const schema::Layer* layer : *model.model.tables()->layers()) {
    list.push_back({{"mixer", schema::EnumNameMixerKind(layer->mixer())},
                    {"rotary", schema::EnumNameRotary(layer->rotary())},
                    {"window", layer->window()},
                    {"kv_keys", schema::EnumNameKvFormat(layer->kv_keys())},
                    {"kv_values", schema::EnumNameKvFormat(layer->kv_values())},
                    {"hadamard_keys", layer->hadamard_keys()},
                    {"key_bias", layer->key_bias() != nullptr},
                    {"qkv_bias", layer->bq() != nullptr},
                    {"output_bias", layer->bo() != nullptr},
                    {"qk_norm", layer->q_norm() != nullptr},
                    {"feed_forward_bias", layer->b_down() != nullptr},
                    {"norm_bias", layer->attention_norm_bias() != nullptr},
                    {"post_norms", layer->post_attention_norm() != nullptr},
                    {"input_norms", layer->attention_norm() != nullptr},
                    {"all_qk_norm", layer->all_q_norm() != nullptr},
                    {"attended_norm", layer->attended_norm() != nullptr},
                    {"hidden_norm", layer->hidden_norm() != nullptr},
                    {"attended_gate", layer->attended_gate() != nullptr},
                    {"v_norm", layer->v_norm() != nullptr},
                    {"head_dim", or_of_all(layer->head_dim(), a.head_dim)},
                    {"kv_heads", or_of_all(layer->kv_heads(), a.kv_heads)},
                    {"hidden_dim", or_of_all(layer->hidden_dim(), a.hidden_dim)},
                    {"cache_of", layer->cache_of() < 0 ? Json() : Json(layer->cache_of())},
                    {"values_are_keys", layer->values_are_keys()},
                    {"output_scale", layer->output_scale()}});
  }
  return list;
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
          {"added", tokenizer->added() == nullptr ? 0 : tokenizer->added()->size()},
          {"normalizer", tokenizer->normalizer() == nullptr
                             ? Json()
                             : Json(text_or_empty(tokenizer->normalizer()->name()))},
          {"end_tokens", ids_json(tokenizer->end_tokens())}};
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

std::string tokenizer_text(const schema::Tokenizer* tokenizer) {
  if (tokenizer == nullptr) return "tokenizer    none\n";
  const auto id = [](std::int32_t token) {
    return token < 0 ? std::string("none") : std::to_string(token);
  };
  const std::string kind = schema::EnumNameTokenizerKind(tokenizer->kind());
  const std::string words = schema::EnumNamePreTokenizer(tokenizer->pre_tokenizer());
  const std::string normalizer =
      tokenizer->normalizer() == nullptr
          ? ""
          : "normalizer   " + printable(text_or_empty(tokenizer->normalizer()->name())) + "\n";
  return format("tokenizer    %s, %s tokens, bos %s, eos %s, longest piece %u bytes\n",
                (kind + (tokenizer->byte_level() ? " of bytes, words as " + words : "")).c_str(),
                with_commas(tokenizer->ends()->size()).c_str(), id(tokenizer->bos()).c_str(),
                id(tokenizer->eos()).c_str(), tokenizer->longest_piece()) +
         normalizer;
}

std::string chat_text(const schema::ChatFormat* chat) {
  if (chat == nullptr) return "chat         no format\n";
  return "chat         " + printable(text_or_empty(chat->name())) +
         (chat->system_prefix() == nullptr ? ", no system message\n" : ", with a system message\n");
}

Json templates_json(const std::optional<templates::StoredTemplates>& stored) {
  if (!stored) return nullptr;
  Json by_name = Json::object();
  for (const auto& [name, text] : stored->templates) by_name[name] = text;
  Json tokens = Json::object();
  for (const auto& [name, text] : stored->tokens) tokens[name] = text;
  return {{"templates", by_name},
          {"tokens", tokens},
          {"additional_special_tokens", stored->additional_tokens}};
}

std::string templates_text(const std::optional<templates::StoredTemplates>& stored) {
  if (!stored) return "template     none\n";
  std::string list;
  for (const auto& [name, text] : stored->templates) {
    list +=
        (list.empty() ? "" : "; ") + printable(name) + ", " + with_commas(text.size()) + " bytes";
  }
  return "template     " + list + "\n";
}

std::string architecture_text(const LoadedModel& model) {
  const Architecture& a = model.model.architecture();
  const schema::Architecture& table = *model.model.tables()->architecture();
  return format("family       %s\n", printable(table.family()->str()).c_str()) +
         format("shape        %u layers, dim %u, hidden %u, vocabulary %s, %s head\n", a.layers,
                a.dim, a.hidden_dim, with_commas(a.vocab_size).c_str(),
                a.tied_embedding ? "tied" : "separate") +
         format("attention    %u heads, %u kv heads, head dim %u\n", a.heads, a.kv_heads,
                a.head_dim) +
         format("positions    trained on %s, rotary dim %u, theta %g\n",
                with_commas(a.trained_context).c_str(), a.rotary_dim, table.rope_theta()) +
         variants_text(model) + layers_text(model);
}

}  // namespace ringlet::cli
