#include "source/ringlet/ringlet_source.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <utility>

#include "kernels/row_layout.hpp"
#include "kernels/scalar/scalar.hpp"
#include "model/weights.hpp"
#include "schema/ringlet_generated.h"
#include "source/errors.hpp"
#include "source/paged_file.hpp"
#include "source/rotary_frequencies.hpp"
#include "source/source_tensors.hpp"

namespace ringlet::convert {
namespace {

std::string text_of(const flatbuffers::String* text) {
  return text == nullptr ? std::string() : text->str();
}

/// The file and its view, alive as long as any matrix can be read.
struct OpenFile {
  explicit OpenFile(const std::filesystem::path& path) : file(path) {
    const Result<Model> opened = Model::open(file.bytes());
    const Status status = opened.ok() ? opened->verify_data() : opened.status();
    std::array<char, 256> text{};
    if (!status.ok()) {
      fail(path.string(), " is not a complete ringlet model: ", describe(status, text));
    }
    model = *opened;
  }

  PagedFile file;
  Model model;
};

/// Creates the tensors of a file.
class Tensors {
 public:
  explicit Tensors(std::shared_ptr<const OpenFile> file) : file_(std::move(file)) {}

  [[nodiscard]] SourceMatrix matrix(const char* name, const schema::Matrix& table) const {
    SourceMatrix result;
    result.name = name;
    result.rows = table.rows();
    result.columns = table.columns();
    result.read_row = [file = file_, packed = view(table, file_->model.data())](
                          std::uint32_t row, std::span<float> out) {
      if (is_by_rows(packed.format)) return read_table(packed, row, 0, packed.columns, out.data());
      scalar::dequantize_row(packed, row, out.data());
    };
    const auto format = static_cast<MatrixFormat>(table.format());
    if (is_integer(format)) {
      const bool int8 = format == MatrixFormat::int8 || format == MatrixFormat::int8_rows;
      result.codes = {name_of(format), int8 ? MatrixFormat::int8 : MatrixFormat::int4};
    }
    return result;
  }

  [[nodiscard]] SourceVector vector(const char* name, const schema::Vector& table) const {
    const auto* values =
        reinterpret_cast<const float*>(file_->model.data().data() + table.offset());
    return {name, {values, values + table.length()}};
  }

  /// Takes the tensors of `table`, a layer or the model, as source_tensors.hpp visits them.
  [[nodiscard]] auto taken_from(const void* table) const {
    return [this, fields = static_cast<const flatbuffers::Table*>(table)](
               const TensorRow& row, std::size_t /*number*/, auto& member) {
      const char* dot = std::strchr(row.name, '.');
      const char* name = dot == nullptr ? row.name : dot + 1;
      if constexpr (is_matrix<decltype(member)>) {
        const auto* found = fields->GetPointer<const schema::Matrix*>(row.field);
        if (found != nullptr) member = matrix(name, *found);
      } else {
        const auto* found = fields->GetPointer<const schema::Vector*>(row.field);
        if (found != nullptr) member = vector(name, *found);
      }
    };
  }

 private:
  std::shared_ptr<const OpenFile> file_;
};

SourceLayer layer_of(const schema::Layer& t, const Tensors& tensors) {
  SourceLayer layer;
  visit_layer_tensors(layer, 0, tensors.taken_from(&t));
  layer.window = t.window();
  layer.hadamard_keys = t.hadamard_keys();
  layer.kv = {static_cast<KvFormat>(t.kv_keys()), static_cast<KvFormat>(t.kv_values())};
  layer.rotary = static_cast<Rotary>(t.rotary());
  layer.mixer = static_cast<Mixer>(t.mixer());
  layer.head_dim = t.head_dim();
  layer.kv_heads = t.kv_heads();
  layer.hidden_dim = t.hidden_dim();
  if (t.cache_of() >= 0) layer.cache_of = static_cast<std::uint32_t>(t.cache_of());
  layer.values_are_keys = t.values_are_keys();
  layer.output_scale = t.output_scale();
  return layer;
}

using Steps = flatbuffers::Vector<std::uint64_t>;

/// Factors of this base that give the steps. Those in files are whole numbers, or were singles.
std::vector<double> factors_for(double theta, std::uint32_t rotary_dim, const Steps& steps) {
  const std::vector<std::uint64_t> plain = rotary_frequencies({.theta = theta}, rotary_dim);
  std::vector<double> found;
  for (std::uint32_t i = 0; i < steps.size(); ++i) {
    found.push_back(static_cast<double>(plain[i]) / static_cast<double>(steps.Get(i)));
  }
  using Rounding = double (*)(double);
  for (const Rounding round : {Rounding([](double x) { return double{static_cast<float>(x)}; }),
                               Rounding([](double x) { return std::nearbyint(x); })}) {
    std::vector<double> rounded = found;
    for (double& factor : rounded) factor = std::max(round(factor), least_rotary_factor);
    const auto computed = rotary_frequencies({.theta = theta, .factors = rounded}, rotary_dim);
    for (std::uint32_t i = 0; i < steps.size(); ++i) {
      if (computed[i] == steps.Get(i)) found[i] = rounded[i];
    }
  }
  return found;
}

/// Returns a base and factors that reproduce these frequencies. Layers with a window can have the
/// usual base in place of the model's.
SourceRotary rotary_of(const std::string& path, double theta, std::uint32_t rotary_dim,
                       const Steps& steps) {
  const auto gives = [&](const SourceRotary& rotary) {
    const std::vector<std::uint64_t> computed = rotary_frequencies(rotary, rotary_dim);
    return std::equal(computed.begin(), computed.end(), steps.begin(), steps.end());
  };
  for (const double base : {theta, SourceRotary{}.theta}) {
    if (gives({.theta = base})) return {.theta = base};
  }
  const SourceRotary rotary{.theta = theta, .factors = factors_for(theta, rotary_dim, steps)};
  if (!gives(rotary)) {
    fail(path, " has rotary frequencies that cannot be recomputed bit for bit; convert its source");
  }
  return rotary;
}

Encoding encoding_of(schema::TokenizerKind kind) {
  if (kind == schema::TokenizerKind::bpe) return Encoding::bpe;
  return kind == schema::TokenizerKind::unigram ? Encoding::unigram : Encoding::sentencepiece_bpe;
}

std::vector<SourcePiece> pieces_of(const schema::Tokenizer& t) {
  std::vector<SourcePiece> pieces(t.ends()->size());
  const char* text = reinterpret_cast<const char*>(t.text()->data());
  std::uint32_t begin = 0;
  for (std::uint32_t id = 0; id < pieces.size(); ++id) {
    const std::uint32_t end = t.ends()->Get(id);
    pieces[id] = {.text = {text + begin, text + end},
                  .score = t.scores()->Get(id),
                  .kind = static_cast<SourcePieceKind>(t.kinds()->Get(id))};
    begin = end;
  }
  for (std::uint32_t i = 0; t.added() != nullptr && i < t.added()->size(); ++i) {
    const std::uint8_t strips = t.added_strips()->Get(i);
    pieces[t.added()->Get(i)].strips_before = (strips & 1) != 0;
    pieces[t.added()->Get(i)].strips_after = (strips & 2) != 0;
    pieces[t.added()->Get(i)].takes_space = (strips & 4) != 0;
  }
  return pieces;
}

std::vector<SourceMerge> merges_of(const schema::Tokenizer& t) {
  std::vector<SourceMerge> merges;
  const std::uint32_t lefts = t.kind() == schema::TokenizerKind::bpe ? t.ends()->size() : 0;
  for (std::uint32_t left = 0; left < lefts; ++left) {
    for (std::uint32_t i = t.merge_begins()->Get(left); i < t.merge_begins()->Get(left + 1); ++i) {
      merges.push_back(
          {left, t.merge_rights()->Get(i), t.merge_results()->Get(i), t.merge_ranks()->Get(i)});
    }
  }
  return merges;
}

SourceNormalizer normalizer_of(const schema::Normalizer& t) {
  return {.name = text_of(t.name()),
          .trie = {t.trie()->begin(), t.trie()->end()},
          .replacements = {t.replacements()->begin(), t.replacements()->end()},
          .composes = t.combining() != nullptr && t.combining()->size() > 0};
}

SourceTokenizer tokenizer_of(const schema::Tokenizer& t) {
  SourceTokenizer result{.pieces = pieces_of(t),
                         .bos = t.bos(),
                         .eos = t.eos(),
                         .unknown = t.unknown(),
                         .add_bos = t.add_bos(),
                         .add_space_prefix = t.add_space_prefix(),
                         .encoding = encoding_of(t.kind()),
                         .pre_tokenizer = static_cast<PreTokenizer>(t.pre_tokenizer()),
                         .byte_level = t.byte_level(),
                         .merges = merges_of(t),
                         .whole_words = t.whole_words(),
                         .prefix_unless_space = t.prefix_unless_space(),
                         .prefix_after_added = t.prefix_after_added(),
                         .fuse_unknown = t.fuse_unknown(),
                         .unknown_score = t.unknown_score(),
                         .collapse_spaces = t.collapse_spaces(),
                         .description = "as in the source"};
  if (t.end_tokens() != nullptr) {
    result.end_tokens.assign(t.end_tokens()->begin(), t.end_tokens()->end());
  }
  for (std::uint32_t i = 0; t.word_steps() != nullptr && i < t.word_steps()->size(); ++i) {
    result.word_steps.push_back(static_cast<WordStep>(t.word_steps()->Get(i)));
  }
  if (t.normalizer() != nullptr) result.normalizer = normalizer_of(*t.normalizer());
  return result;
}

SourceChat chat_of(const schema::ChatFormat& t) {
  SourceChat chat{.name = text_of(t.name()),
                  .opening = text_of(t.opening()),
                  .system_prefix = std::nullopt,
                  .system_suffix = text_of(t.system_suffix()),
                  .before_reply = text_of(t.before_reply()),
                  .after_reply = text_of(t.after_reply()),
                  .trim = t.trim()};
  if (t.system_prefix() != nullptr) chat.system_prefix = t.system_prefix()->str();
  return chat;
}

}  // namespace

SourceModel import_ringlet(const std::filesystem::path& path) {
  const auto file = std::make_shared<const OpenFile>(path);
  const schema::Model& tables = *file->model.tables();
  const schema::Architecture& a = *tables.architecture();
  const Tensors tensors(file);
  SourceModel model;
  model.family = text_of(a.family());
  model.source = "ringlet model " + path.filename().string();
  if (const schema::Provenance* provenance = tables.provenance()) {
    model.name = text_of(provenance->name());
    model.licence = text_of(provenance->licence());
  }
  model.architecture = file->model.architecture();
  const auto rotary = [&](const Steps& steps) {
    return rotary_of(path.string(), a.rope_theta(), 2 * steps.size(), steps);
  };
  model.rotary = rotary(*a.rotary_frequencies());
  if (a.rotary_frequencies_local() != nullptr)
    model.local_rotary = rotary(*a.rotary_frequencies_local());
  if (a.rotary_frequencies_long() != nullptr)
    model.long_rotary = rotary(*a.rotary_frequencies_long());
  model.long_above = a.rope_long_above();
  model.per_layer_scale = a.per_layer_scale();
  model.per_layer_epsilon = a.per_layer_epsilon();
  visit_model_tensors(model, tensors.taken_from(&tables));
  if (a.tied_embedding()) model.lm_head.reset();
  for (const schema::Layer* layer : *tables.layers()) {
    model.layers.push_back(layer_of(*layer, tensors));
  }
  if (tables.tokenizer() != nullptr) model.tokenizer = tokenizer_of(*tables.tokenizer());
  if (tables.chat() != nullptr) model.chat = chat_of(*tables.chat());
  model.templates = templates::templates_of(tables, path.string());
  model.sampling = file->model.sampling();
  model.cache_is_fitted = true;
  return model;
}

}  // namespace ringlet::convert
