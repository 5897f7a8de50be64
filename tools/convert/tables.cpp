#include "tables.hpp"

#include "kernels/packed_layout.hpp"
#include "rope_steps.hpp"

namespace ringlet::convert {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <typename T>
using Offset = flatbuffers::Offset<T>;

/// Null for a plane that is not there.
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
                                  const MatrixRecord& record) {
  return schema::CreateMatrix(builder, static_cast<schema::MatrixFormat>(record.format),
                              matrix.rows, matrix.columns, packed::group_size, record.codes.offset,
                              record.codes.size, record.codes.crc32c, record.scales.offset,
                              record.scales.size, record.scales.crc32c, record.relative_error,
                              hash_of(record.codes), hash_of(record.scales));
}

/// The tables of one layer's tensors, which must be built before the layer's own.
class LayerTables {
 public:
  LayerTables(Builder& builder, const SourceLayer& from, const LayerRecord& to)
      : builder_(builder), from_(from), to_(to) {}

  Offset<schema::Layer> build() {
    const auto attention_norm = add_vector(builder_, from_.attention_norm, to_.attention_norm);
    const auto wq = add_matrix(builder_, from_.wq, to_.wq);
    const auto wk = add_matrix(builder_, from_.wk, to_.wk);
    const auto wv = add_matrix(builder_, from_.wv, to_.wv);
    const auto wo = add_matrix(builder_, from_.wo, to_.wo);
    const auto ffn_norm = add_vector(builder_, from_.ffn_norm, to_.ffn_norm);
    Offset<schema::Matrix> w_gate = 0;
    if (from_.w_gate) w_gate = add_matrix(builder_, *from_.w_gate, to_.w_gate);
    const auto w_up = add_matrix(builder_, from_.w_up, to_.w_up);
    const auto w_down = add_matrix(builder_, from_.w_down, to_.w_down);
    // Order of evaluation is left to the compiler inside a call, but not here.
    const Offset<schema::Vector> optional[] = {
        vector(&SourceLayer::attention_norm_bias, to_.attention_norm_bias),
        vector(&SourceLayer::bq, to_.bq),
        vector(&SourceLayer::bk, to_.bk),
        vector(&SourceLayer::bv, to_.bv),
        vector(&SourceLayer::bo, to_.bo),
        vector(&SourceLayer::q_norm, to_.q_norm),
        vector(&SourceLayer::k_norm, to_.k_norm),
        vector(&SourceLayer::ffn_norm_bias, to_.ffn_norm_bias),
        vector(&SourceLayer::b_gate, to_.b_gate),
        vector(&SourceLayer::b_up, to_.b_up),
        vector(&SourceLayer::b_down, to_.b_down),
        vector(&SourceLayer::post_attention_norm, to_.post_attention_norm),
        vector(&SourceLayer::post_ffn_norm, to_.post_ffn_norm),
        vector(&SourceLayer::key_bias, to_.key_bias)};
    return schema::CreateLayer(builder_, attention_norm, wq, wk, wv, wo, ffn_norm, w_gate, w_up,
                               w_down, from_.window, static_cast<schema::KvFormat>(from_.kv.keys),
                               static_cast<schema::KvFormat>(from_.kv.values), from_.turn_keys,
                               optional[13], static_cast<schema::Rotary>(from_.rotary), optional[0],
                               optional[1], optional[2], optional[3], optional[4], optional[5],
                               optional[6], optional[7], optional[8], optional[9], optional[10],
                               optional[11], optional[12]);
  }

 private:
  Offset<schema::Vector> vector(std::optional<SourceVector> SourceLayer::*member,
                                const PlaneRecord& plane) {
    if (!(from_.*member)) return 0;
    return add_vector(builder_, *(from_.*member), plane);
  }

  Builder& builder_;
  const SourceLayer& from_;
  const LayerRecord& to_;
};

Offset<schema::Architecture> add_architecture(Builder& builder, const SourceModel& source,
                                              const TableInputs& inputs) {
  const Architecture& a = source.architecture;
  const auto family = builder.CreateString(source.family);
  const auto steps = builder.CreateVector(inputs.rope_steps);
  const auto optional_steps = [&](const std::vector<std::uint64_t>& list) {
    return list.empty() ? Offset<flatbuffers::Vector<std::uint64_t>>(0)
                        : builder.CreateVector(list);
  };
  const auto local_steps = optional_steps(inputs.local_steps);
  const auto long_steps = optional_steps(inputs.long_steps);
  return schema::CreateArchitecture(
      builder, family, a.vocab_size, a.dim, a.hidden_dim, a.layers, a.heads, a.kv_heads, a.head_dim,
      a.rotary_dim, a.context, a.norm_epsilon, a.attention_scale, a.tied_head, source.rotary.theta,
      steps, static_cast<schema::NormKind>(a.norm), static_cast<schema::Activation>(a.activation),
      a.embedding_scale, a.attention_softcap, a.logit_softcap, a.rotary_scale, local_steps,
      long_steps, source.long_above);
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
  return schema::CreateTokenizer(
      builder, kind_of(source.encoding), text, ends, scores, kinds, sorted, byte_tokens, source.bos,
      source.eos, source.unknown, source.add_bos, source.add_space_prefix,
      tables.splits_before_space, tables.longest_piece,
      static_cast<schema::PreTokenizer>(source.pre_tokenizer), classes, source.byte_level,
      merge_begins, merge_rights, merge_results, merge_ranks, source.whole_words, added,
      added_strips, source.prefix_unless_space, source.prefix_after_added, source.fuse_unknown,
      source.unknown_score, source.collapse_spaces, end_tokens, normalizer, word_steps);
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
  text += source.head ? name_of(options.head) : "tied";
  const TensorClasses& keep = options.keep_codes;
  const bool any = keep.embedding || keep.attention || keep.feed_forward || keep.head;
  if (!any) return text;
  const std::optional<SourceCodes>& codes = source.layers.front().w_down.codes;
  if (codes) return text + "; " + codes->type + " of the source held as " + name_of(codes->kept_in);
  return text + "; INT4 and INT8 of the source kept";
}

}  // namespace

TableInputs prepare_tables(const SourceModel& source, const WriteOptions& options) {
  const std::uint32_t rotary_dim = source.architecture.rotary_dim;
  TableInputs inputs{.rope_steps = rope_steps(source.rotary, rotary_dim),
                     .local_steps = {},
                     .long_steps = {},
                     .tokenizer = {},
                     .settings = describe_settings(source, options)};
  if (source.local_rotary) inputs.local_steps = rope_steps(*source.local_rotary, rotary_dim);
  if (source.long_rotary) inputs.long_steps = rope_steps(*source.long_rotary, rotary_dim);
  if (source.tokenizer) inputs.tokenizer = build_tokenizer_tables(*source.tokenizer);
  return inputs;
}

flatbuffers::DetachedBuffer build_tables(const SourceModel& source, const TableInputs& inputs,
                                         const SegmentRecord& segment) {
  Builder builder;
  builder.ForceDefaults(true);
  const auto architecture = add_architecture(builder, source, inputs);
  const auto embedding = add_matrix(builder, source.embedding, segment.embedding);
  std::vector<Offset<schema::Layer>> layer_list;
  for (std::size_t i = 0; i < source.layers.size(); ++i) {
    layer_list.push_back(LayerTables(builder, source.layers[i], segment.layers[i]).build());
  }
  const auto layers = builder.CreateVector(layer_list);
  const auto final_norm = add_vector(builder, source.final_norm, segment.final_norm);
  Offset<schema::Matrix> head = 0;
  if (source.head) head = add_matrix(builder, *source.head, *segment.head);
  Offset<schema::Matrix> positions = 0;
  if (source.positions) positions = add_matrix(builder, *source.positions, segment.positions);
  Offset<schema::Vector> final_norm_bias = 0;
  if (source.final_norm_bias) {
    final_norm_bias = add_vector(builder, *source.final_norm_bias, segment.final_norm_bias);
  }
  Offset<schema::Tokenizer> tokenizer = 0;
  if (inputs.tokenizer) tokenizer = add_tokenizer(builder, *source.tokenizer, *inputs.tokenizer);
  const auto sampling = add_sampling(builder, source.sampling);
  const auto provenance = add_provenance(builder, source, inputs);
  Offset<schema::ChatFormat> chat = 0;
  if (source.chat) chat = add_chat(builder, *source.chat);
  schema::FinishModelBuffer(
      builder,
      schema::CreateModel(builder, architecture, embedding, layers, final_norm, head, tokenizer,
                          sampling, provenance, positions, final_norm_bias, chat));
  return builder.Release();
}

}  // namespace ringlet::convert
