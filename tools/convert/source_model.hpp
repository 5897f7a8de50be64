// What an importer hands to the writer: a model as its source describes it, tensors read on demand
// so that memory stays bounded however large the model is.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ringlet/architecture.hpp"
#include "ringlet/model.hpp"
#include "text/vocabulary.hpp"

namespace ringlet::convert {

/// One matrix, read row by row as floats. `read_row` may be called for any row, in any order.
struct SourceMatrix {
  std::string name;  // as in the source, for reports and errors
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::function<void(std::uint32_t row, std::span<float> out)> read_row;
};

/// One vector of floats (a norm's gain).
struct SourceVector {
  std::string name;
  std::vector<float> values;
};

/// One layer. Rows of wq and wk are in half-split rotary order: the pair of row i of a head is row
/// i + rotary_dim/2 (importers of interleaved sources reorder them).
struct SourceLayer {
  SourceVector attention_norm;
  SourceMatrix wq, wk, wv, wo;
  SourceVector ffn_norm;
  SourceMatrix w_gate, w_up, w_down;
  std::uint32_t window = 0;
  bool turn_keys = false;  // as in schema/ringlet.fbs
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

/// The fields are those of schema table Tokenizer.
struct SourceTokenizer {
  std::vector<SourcePiece> pieces = {};  // by id
  std::int32_t bos = -1;
  std::int32_t eos = -1;
  std::int32_t unknown = -1;
  bool add_bos = true;
  bool add_space_prefix = true;
  Encoding encoding = Encoding::sentencepiece_bpe;
  PreTokenizer pre_tokenizer = PreTokenizer::none;
  bool byte_level = false;
  std::vector<SourceMerge> merges = {};  // for Encoding::bpe
  bool whole_words = false;
  bool prefix_unless_space = false;
  bool prefix_after_added = true;
  bool fuse_unknown = false;
  float unknown_score = 0;
  bool collapse_spaces = false;
  bool nfc = false;
  std::vector<std::uint32_t> end_tokens = {};  // besides eos
  std::string chat_template = {};              // as in the source; empty when it has none
  std::string description = {};                // for people: what it is and where it came from
};

/// A whole model. `head` is absent when the head is tied to the embedding.
struct SourceModel {
  std::string family;  // "llama"
  std::string name;    // for people
  std::string source;  // what was read, for the provenance: format and file name, without folders
  std::string licence;
  Architecture architecture;
  double rope_theta = 10000.0;
  SourceMatrix embedding;
  std::vector<SourceLayer> layers;
  SourceVector final_norm;
  std::optional<SourceMatrix> head;
  std::optional<SourceTokenizer> tokenizer;
  std::optional<SourceChat> chat = std::nullopt;
  SamplingDefaults sampling;
};

}  // namespace ringlet::convert
