#include "write/tables.hpp"

#include <map>
#include <utility>

#include "kernels/packed_layout.hpp"
#include "source/rotary_frequencies.hpp"

namespace ringlet::convert {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <typename T>
using Offset = flatbuffers::Offset<T>;

/// Null for an absent plane.
const schema::Sha256* hash_of(const PlaneRecord& plane) {
  static_assert(sizeof(schema::Sha256) == sizeof(plane.sha256));
  return plane.size == 0 ? nullptr : reinterpret_cast<const schema::Sha256*>(plane.sha256.data());
}

Offset<schema::Vector> add_vector(Builder& builder, const SourceVector& vector,
                                  const PlaneRecord& plane) {
  return schema::CreateVector(builder, static_cast<std::uint32_t>(vector.values.size()),
                              plane.offset, plane.size, plane.crc32c, hash_of(plane));
}

Offset<schema::Matrix> add_matrix(Builder& builder, const SourceMatrix& matrix,
                                  const TensorRecord& record) {
  return schema::CreateMatrix(builder, static_cast<schema::MatrixFormat>(record.format),
                              matrix.rows, matrix.columns, packed::group_size, record.codes.offset,
                              record.codes.size, record.codes.crc32c, record.scales.offset,
                              record.scales.size, record.scales.crc32c, record.relative_error,
                              hash_of(record.codes), hash_of(record.scales));
}

/// The tensors of a layer, or those outside the layers, by field.
class TensorTables {
 public:
  TensorTables(Builder& builder, const SegmentRecord& segment)
      : builder_(builder), segment_(segment) {}

  /// Records a tensor. The visitor for source_tensors.hpp.
  template <typename Member>
  void operator()(const TensorRow& row, std::size_t number, const Member& member) {
    const auto* tensor = present(member);
    if (tensor == nullptr) return;
    if constexpr (is_matrix<Member>) {
      matrices_[row.field] = {tensor, &segment_.tensors[number]};
    } else {
      vectors_[row.field] = {tensor, &segment_.tensors[number]};
    }
  }

  /// Builds the table of a tensor, which must precede the table that refers to it. Null if absent.
  Offset<schema::Matrix> matrix(std::uint16_t field) {
    const auto found = matrices_.find(field);
    if (found == matrices_.end()) return 0;
    return add_matrix(builder_, *found->second.first, *found->second.second);
  }
  Offset<schema::Vector> vector(std::uint16_t field) {
    const auto found = vectors_.find(field);
    if (found == vectors_.end()) return 0;
    return add_vector(builder_, *found->second.first, found->second.second->codes);
  }
  Offset<void> any(std::uint16_t field) {
    const Offset<schema::Matrix> built = matrix(field);
    return built.IsNull() ? vector(field).Union() : built.Union();
  }

 private:
  Builder& builder_;
  const SegmentRecord& segment_;
  std::map<std::uint16_t, std::pair<const SourceMatrix*, const TensorRecord*>> matrices_;
  std::map<std::uint16_t, std::pair<const SourceVector*, const TensorRecord*>> vectors_;
};

/// Adds the fields in the order of schema::CreateLayer(), and the tables of tensors in the order of
/// their fields, so that files equal those of older converters byte by byte.
Offset<schema::Layer> add_layer(Builder& builder, const SourceLayer& layer, std::size_t index,
                                const SegmentRecord& segment) {
  using Layer = schema::Layer;
  TensorTables tensors(builder, segment);
  visit_layer_tensors(layer, index, tensors);
  std::map<std::uint16_t, Offset<void>> built;
  for (const TensorRow& row : layer_tensors) built[row.field] = 0;
  for (auto& [field, offset] : built) {
    if (field != Layer::VT_KEY_BIAS) offset = tensors.any(field);
  }
  built[Layer::VT_KEY_BIAS] = tensors.any(Layer::VT_KEY_BIAS);
  schema::LayerBuilder table(builder);
  for (auto it = built.rbegin(); it != built.rend(); ++it) {
    if (it->first == Layer::VT_W_DOWN) table.add_window(layer.window);
    builder.AddOffset(it->first, it->second);
  }
  if (layer.output_scale != 1) table.add_output_scale(layer.output_scale);
  if (layer.values_are_keys) table.add_values_are_keys(true);
  if (layer.cache_of) table.add_cache_of(static_cast<std::int32_t>(*layer.cache_of));
  if (layer.hidden_dim != 0) table.add_hidden_dim(layer.hidden_dim);
  if (layer.kv_heads != 0) table.add_kv_heads(layer.kv_heads);
  if (layer.head_dim != 0) table.add_head_dim(layer.head_dim);
  if (layer.mixer != Mixer::attention) {
    table.add_mixer(static_cast<schema::MixerKind>(layer.mixer));
  }
  table.add_rotary(static_cast<schema::Rotary>(layer.rotary));
  table.add_hadamard_keys(layer.hadamard_keys);
  table.add_kv_values(static_cast<schema::KvFormat>(layer.kv.values));
  table.add_kv_keys(static_cast<schema::KvFormat>(layer.kv.keys));
  return table.Finish();
}

Offset<schema::Architecture> add_architecture(Builder& builder, const SourceModel& source,
                                              const TableInputs& inputs) {
  const Architecture& a = source.architecture;
  const auto family = builder.CreateString(source.family);
  const auto steps = builder.CreateVector(inputs.rotary_frequencies);
  const auto optional_frequencies = [&](const std::vector<std::uint64_t>& list) {
    return list.empty() ? Offset<flatbuffers::Vector<std::uint64_t>>(0)
                        : builder.CreateVector(list);
  };
  const auto local_frequencies = optional_frequencies(inputs.local_frequencies);
  const auto long_frequencies = optional_frequencies(inputs.long_frequencies);
  // In the order of flatc's CreateArchitecture() of format version 1, so that files of that version
  // equal those of older converters byte by byte. What version 2 added is there only if it changes
  // something.
  schema::ArchitectureBuilder table(builder);
  if (a.per_layer_dim != 0) {
    table.add_per_layer_epsilon(source.per_layer_epsilon);
    table.add_per_layer_scale(source.per_layer_scale);
    table.add_per_layer_dim(a.per_layer_dim);
  }
  if (a.state_heads != 0) {
    table.add_state_key_dim(a.state_key_dim);
    table.add_state_head_dim(a.state_head_dim);
    table.add_state_key_heads(a.state_key_heads);
    table.add_state_heads(a.state_heads);
  }
  if (a.convolution != 0) table.add_convolution(a.convolution);
  if (a.query_growth != 0) {
    table.add_query_growth_length(a.query_growth_length);
    table.add_query_growth(a.query_growth);
  }
  table.add_rope_theta(source.rotary.theta);
  if (a.residual_scale != 1) table.add_residual_scale(a.residual_scale);
  table.add_rope_long_above(source.long_above);
  table.add_rotary_frequencies_long(long_frequencies);
  table.add_rotary_frequencies_local(local_frequencies);
  table.add_rotary_scale(a.rotary_scale);
  table.add_logit_softcap(a.logit_softcap);
  table.add_attention_softcap(a.attention_softcap);
  table.add_embedding_scale(a.embedding_scale);
  table.add_rotary_frequencies(steps);
  table.add_attention_scale(a.attention_scale);
  table.add_norm_epsilon(a.norm_epsilon);
  table.add_context(a.trained_context);
  table.add_rotary_dim(a.rotary_dim);
  table.add_head_dim(a.head_dim);
  table.add_kv_heads(a.kv_heads);
  table.add_heads(a.heads);
  table.add_layers(a.layers);
  table.add_hidden_dim(a.hidden_dim);
  table.add_dim(a.dim);
  table.add_vocab_size(a.vocab_size);
  table.add_family(family);
  if (a.norm_after_rotary) table.add_norm_after_rotary(true);
  if (a.parallel_blocks) table.add_parallel_blocks(true);
  table.add_activation(static_cast<schema::Activation>(a.activation));
  table.add_norm(static_cast<schema::NormKind>(a.norm));
  table.add_tied_embedding(a.tied_embedding);
  return table.Finish();
}

schema::TokenizerKind kind_of(Encoding encoding) {
  switch (encoding) {
    case Encoding::bpe:
      return schema::TokenizerKind::bpe;
    case Encoding::unigram:
      return schema::TokenizerKind::unigram;
    case Encoding::sentencepiece_bpe:
      break;
  }
  return schema::TokenizerKind::sentencepiece_bpe;
}

Offset<schema::Normalizer> add_normalizer(Builder& builder, const SourceNormalizer& source,
                                          const TokenizerTables& tables) {
  if (source.trie.empty()) return 0;
  const auto trie = builder.CreateVector(source.trie);
  const auto replacements = builder.CreateVector(source.replacements);
  Offset<flatbuffers::Vector<std::uint32_t>> combining = 0;
  Offset<flatbuffers::Vector<std::uint64_t>> compositions = 0;
  if (source.composes) {
    combining = builder.CreateVector(tables.combining);
    compositions = builder.CreateVector(tables.compositions);
  }
  const auto name = builder.CreateString(source.name);
  return schema::CreateNormalizer(builder, trie, replacements, combining, compositions, name);
}

Offset<schema::Tokenizer> add_tokenizer(Builder& builder, const SourceTokenizer& source,
                                        const TokenizerTables& tables) {
  const auto text = builder.CreateVector(tables.text);
  const auto ends = builder.CreateVector(tables.ends);
  const auto scores = builder.CreateVector(tables.scores);
  const auto kinds = builder.CreateVector(tables.kinds);
  const auto sorted = builder.CreateVector(tables.sorted);
  const auto byte_tokens = builder.CreateVector(tables.byte_tokens);
  const auto classes = builder.CreateVector(tables.character_classes);
  const auto merge_begins = builder.CreateVector(tables.merge_begins);
  const auto merge_rights = builder.CreateVector(tables.merge_rights);
  const auto merge_results = builder.CreateVector(tables.merge_results);
  const auto merge_ranks = builder.CreateVector(tables.merge_ranks);
  const auto added = builder.CreateVector(tables.added);
  const auto added_strips = builder.CreateVector(tables.added_strips);
  const auto end_tokens = builder.CreateVector(source.end_tokens);
  const auto normalizer = add_normalizer(builder, source.normalizer, tables);
  std::vector<schema::WordStep> steps;
  for (const WordStep step : source.word_steps)
    steps.push_back(static_cast<schema::WordStep>(step));
  const auto word_steps = steps.empty() ? 0 : builder.CreateVector(steps);
  const auto trie = tables.token_trie.empty() ? 0 : builder.CreateVector(tables.token_trie);
  return schema::CreateTokenizer(
      builder, kind_of(source.encoding), text, ends, scores, kinds, sorted, byte_tokens, source.bos,
      source.eos, source.unknown, source.add_bos, source.add_space_prefix,
      tables.splits_before_space, tables.longest_piece,
      static_cast<schema::PreTokenizer>(source.pre_tokenizer), classes, source.byte_level,
      merge_begins, merge_rights, merge_results, merge_ranks, source.whole_words, added,
      added_strips, source.prefix_unless_space, source.prefix_after_added, source.fuse_unknown,
      source.unknown_score, source.collapse_spaces, end_tokens, normalizer, word_steps, trie);
}

Offset<schema::ChatFormat> add_chat(Builder& builder, const SourceChat& chat) {
  const auto opening = builder.CreateString(chat.opening);
  Offset<flatbuffers::String> system_prefix = 0;
  Offset<flatbuffers::String> system_suffix = 0;
  if (chat.system_prefix) {
    system_prefix = builder.CreateString(*chat.system_prefix);
    system_suffix = builder.CreateString(chat.system_suffix);
  }
  const auto before_reply = builder.CreateString(chat.before_reply);
  const auto after_reply = builder.CreateString(chat.after_reply);
  const auto name = builder.CreateString(chat.name);
  return schema::CreateChatFormat(builder, opening, system_prefix, system_suffix, before_reply,
                                  after_reply, chat.trim, name);
}

/// Absent, or a FlatBuffer of its own, which is aligned like one.
Offset<flatbuffers::Vector<std::uint8_t>> add_templates(
    Builder& builder, const std::optional<templates::StoredTemplates>& stored) {
  if (!stored) return 0;
  const std::vector<std::uint8_t> bytes = templates::write_templates(*stored);
  builder.ForceVectorAlignment(bytes.size(), sizeof(std::uint8_t), 8);
  return builder.CreateVector(bytes);
}

Offset<schema::Provenance> add_provenance(Builder& builder, const SourceModel& source,
                                          const TableInputs& inputs) {
  const auto name = builder.CreateString(source.name);
  const auto from = builder.CreateString(source.source);
  const auto converter = builder.CreateString(converter_name);
  const auto settings = builder.CreateString(inputs.settings);
  const auto licence = builder.CreateString(source.licence);
  return schema::CreateProvenance(builder, name, from, converter, settings, licence);
}

Offset<schema::Sampling> add_sampling(Builder& builder, const SamplingDefaults& s) {
  return schema::CreateSampling(builder, s.temperature, s.top_k, s.top_p, s.min_p,
                                s.repeat_penalty);
}

std::string describe_settings(const SourceModel& source, const WriteOptions& options) {
  const MatrixFormat attention = options.format_of(TensorClass::attention);
  const MatrixFormat feed_forward = options.format_of(TensorClass::feed_forward);
  std::string text = std::string("weights ") + name_of(attention);
  if (feed_forward != attention) {
    text =
        std::string("attention ") + name_of(attention) + ", feed-forward " + name_of(feed_forward);
  }
  text += std::string(", embedding ") + name_of(options.embedding) + ", head ";
  text += source.lm_head ? name_of(options.lm_head) : "tied";
  const TensorClasses& keep = options.keep_codes;
  const bool any = keep.embedding || keep.attention || keep.feed_forward || keep.lm_head;
  if (!any) return text;
  const std::optional<SourceCodes>& codes = source.layers.front().w_down.codes;
  if (codes) return text + "; " + codes->type + " of the source held as " + name_of(codes->kept_in);
  return text + "; INT4 and INT8 of the source kept";
}

}  // namespace

TableInputs prepare_tables(const SourceModel& source, const WriteOptions& options) {
  const std::uint32_t rotary_dim = source.architecture.rotary_dim;
  TableInputs inputs{.rotary_frequencies = rotary_frequencies(source.rotary, rotary_dim),
                     .local_frequencies = {},
                     .long_frequencies = {},
                     .tokenizer = {},
                     .settings = describe_settings(source, options)};
  if (source.local_rotary)
    inputs.local_frequencies =
        rotary_frequencies(*source.local_rotary, source.architecture.local_rotary_dim == 0
                                                     ? rotary_dim
                                                     : source.architecture.local_rotary_dim);
  if (source.long_rotary)
    inputs.long_frequencies = rotary_frequencies(*source.long_rotary, rotary_dim);
  if (source.tokenizer) inputs.tokenizer = build_tokenizer_tables(*source.tokenizer);
  if (source.tokenizer && options.token_trie) add_token_trie(*source.tokenizer, *inputs.tokenizer);
  return inputs;
}

flatbuffers::DetachedBuffer build_tables(const SourceModel& source, const TableInputs& inputs,
                                         const SegmentRecord& segment) {
  Builder builder;
  builder.ForceDefaults(true);
  const auto architecture = add_architecture(builder, source, inputs);
  using Model = schema::Model;
  TensorTables tensors(builder, segment);
  visit_model_tensors(source, tensors);
  const auto embedding = tensors.matrix(Model::VT_EMBEDDING);
  std::vector<Offset<schema::Layer>> layer_list;
  for (std::size_t i = 0; i < source.layers.size(); ++i) {
    layer_list.push_back(add_layer(builder, source.layers[i], i, segment));
  }
  const auto layers = builder.CreateVector(layer_list);
  const auto final_norm = tensors.vector(Model::VT_FINAL_NORM);
  const auto head = tensors.matrix(Model::VT_LM_HEAD);
  const auto positions = tensors.matrix(Model::VT_POSITIONS);
  const auto final_norm_bias = tensors.vector(Model::VT_FINAL_NORM_BIAS);
  const auto lm_head_bias = tensors.vector(Model::VT_LM_HEAD_BIAS);
  const auto per_layer_embedding = tensors.matrix(Model::VT_PER_LAYER_EMBEDDING);
  const auto per_layer_projection = tensors.matrix(Model::VT_PER_LAYER_PROJECTION);
  const auto per_layer_norm = tensors.vector(Model::VT_PER_LAYER_NORM);
  Offset<schema::Tokenizer> tokenizer = 0;
  if (inputs.tokenizer) tokenizer = add_tokenizer(builder, *source.tokenizer, *inputs.tokenizer);
  const auto sampling = add_sampling(builder, source.sampling);
  const auto provenance = add_provenance(builder, source, inputs);
  Offset<schema::ChatFormat> chat = 0;
  if (source.chat) chat = add_chat(builder, *source.chat);
  const auto templates = add_templates(builder, source.templates);
  schema::FinishModelBuffer(
      builder,
      schema::CreateModel(builder, architecture, embedding, layers, final_norm, head, tokenizer,
                          sampling, provenance, positions, final_norm_bias, chat, lm_head_bias,
                          per_layer_embedding, per_layer_projection, per_layer_norm, templates));
  return builder.Release();
}

}  // namespace ringlet::convert
