// What an importer hands to the writer: a model as its source describes it, tensors read on demand
// so that memory stays bounded however large the model is.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "quantize.hpp"
#include "ringlet/architecture.hpp"
#include "ringlet/formats.hpp"
#include "ringlet/model.hpp"
#include "text/vocabulary.hpp"
#include "text/word_steps.hpp"

namespace ringlet::convert {

/// What is known of the inputs that a matrix is multiplied with, so that its quantization can
/// favour what matters.
struct InputKnowledge {
  /// Mean square of each column's input, in any unit; one entry per column.
  std::vector<float> importance;
  /// Makes the factors by which errors are compensated (compensation.hpp), on demand, since they
  /// are large. Empty: errors are not compensated.
  std::function<std::vector<float>()> make_factor{};
};

/// How a source stores a matrix that it has quantized itself.
struct SourceCodes {
  std::string type;      // the source's name for it, for reports: "Q4_K"
  MatrixFormat kept_in;  // holds these numbers or comes closest: int4 only where nothing is lost
};

/// One matrix, read row by row as floats. `read_row` may be called for any row, in any order.
struct SourceMatrix {
  std::string name;  // as in the source, for reports and errors
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::function<void(std::uint32_t row, std::span<float> out)> read_row;
  std::optional<SourceCodes> codes{};  // empty: the source has floats
  /// Set where the rows are still the source's own and this format holds their very codes;
  /// `read_group` then gives group `group` of a row as it is stored, or nothing where the
  /// runtime excludes such a group (a scale that is no normal half). Throws where a code is -128.
  std::optional<MatrixFormat> stored_as{};
  std::function<std::optional<QuantizedGroup>(std::uint32_t row, std::uint32_t group)> read_group{};
  std::shared_ptr<const InputKnowledge> inputs{};  // null: nothing is known
};

/// One vector of floats (a norm's gain, a bias).
struct SourceVector {
  std::string name;
  std::vector<float> values;
};

/// One layer. Rows of wq and wk (and their biases) are in half-split rotary order: the pair of row
/// i of a head is row i + rotary_dim/2 (importers of interleaved sources reorder them). What a
/// layer lacks is empty.
struct SourceLayer {
  SourceVector attention_norm;
  SourceMatrix wq, wk, wv, wo;
  SourceVector ffn_norm;
  std::optional<SourceMatrix> w_gate;
  SourceMatrix w_up, w_down;
  std::uint32_t window = 0;
  bool turn_keys = false;  // these as in schema/ringlet.fbs
  KvFormats kv{KvFormat::int8};
  Rotary rotary = Rotary::global;
  std::optional<SourceVector> attention_norm_bias{}, bq{}, bk{}, bv{}, bo{}, q_norm{}, k_norm{};
  std::optional<SourceVector> ffn_norm_bias{}, b_gate{}, b_up{}, b_down{};
  std::optional<SourceVector> post_attention_norm{}, post_ffn_norm{}, key_bias{};
};

/// Turns per position of one set of rotary pairs: theta^(−2i/rotary_dim) / factors[i] radians for
/// pair i. No factors: all are 1.
struct SourceRotary {
  double theta = 10000.0;
  std::vector<double> factors{};
};

enum class SourcePieceKind : std::uint8_t { normal, unknown, control, byte, unused, user_defined };

struct SourcePiece {
  // With plain spaces, never U+2581; a byte piece is "<0xNN>". Byte-level: the bytes themselves.
  std::string text = {};
  float score = 0;
  SourcePieceKind kind = SourcePieceKind::normal;
  // A control or user-defined piece that takes the white space beside it away.
  bool strips_before = false;
  bool strips_after = false;
  bool normalized = false;   // it is to be found in the normal form of a text
  bool takes_space = false;  // it is found behind a space only, which belongs to it
};

/// Two pieces that become a third; the smallest rank goes first.
struct SourceMerge {
  std::uint32_t left = 0;
  std::uint32_t right = 0;
  std::uint32_t result = 0;
  std::uint32_t rank = 0;
};

/// The texts between the messages of a conversation, as in schema table ChatFormat.
struct SourceChat {
  std::string name;
  std::string opening;
  std::optional<std::string> system_prefix;
  std::string system_suffix;
  std::string before_reply;
  std::string after_reply;
  bool trim = false;
};

/// As schema table Normalizer; without a trie texts stay as they are.
struct SourceNormalizer {
  std::string name = {};
  std::vector<std::uint32_t> trie = {};
  std::vector<std::uint8_t> replacements = {};
  bool composes =
      false;  // canonical order and composition, by the tables of this converter's Unicode
};

/// The fields are those of schema table Tokenizer.
struct SourceTokenizer {
  std::vector<SourcePiece> pieces = {};  // by id
  std::int32_t bos = -1;
  std::int32_t eos = -1;
  std::int32_t unknown = -1;
  bool add_bos = true;
  bool add_space_prefix = true;
  bool prepends_space = false;  // the normalizer does so; for the readers only
  Encoding encoding = Encoding::sentencepiece_bpe;
  PreTokenizer pre_tokenizer = PreTokenizer::none;
  std::vector<WordStep> word_steps = {};  // for PreTokenizer::steps
  bool byte_level = false;
  std::vector<SourceMerge> merges = {};  // for Encoding::bpe
  bool whole_words = false;
  bool prefix_unless_space = false;
  bool prefix_after_added = true;
  bool fuse_unknown = false;
  float unknown_score = 0;
  bool collapse_spaces = false;
  SourceNormalizer normalizer = {};
  std::vector<std::uint32_t> end_tokens = {};  // besides eos
  std::string chat_template = {};              // as in the source; empty when it has none
  std::string description = {};                // for people: what it is and where it came from
  std::vector<std::string> notes = {};         // for people: what was left out, one line each
};

/// A whole model. `head` is absent when the head is tied to the embedding.
struct SourceModel {
  std::string family;  // "llama"
  std::string name;    // for people
  std::string source;  // what was read, for the provenance: format and file name, without folders
  std::string licence;
  Architecture architecture;
  SourceRotary rotary;
  SourceMatrix embedding;
  std::vector<SourceLayer> layers;
  SourceVector final_norm;
  std::optional<SourceMatrix> head;
  std::optional<SourceTokenizer> tokenizer;
  std::optional<SourceChat> chat = std::nullopt;
  SamplingDefaults sampling;
  std::optional<SourceRotary> local_rotary{};  // there if the architecture says so
  std::optional<SourceRotary> long_rotary{};   // for contexts longer than long_above
  std::uint32_t long_above = 0;
  std::optional<SourceMatrix> positions{};  // architecture.positions rows
  std::optional<SourceVector> final_norm_bias{};
  /// What is done to keys and values has been decided, and stays.
  bool cache_is_fitted = false;
  std::vector<std::string> notes = {};  // for people: what the source says and the file does not
};

}  // namespace ringlet::convert
