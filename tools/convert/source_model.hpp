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
  bool turn_keys = false;  // these as in schema/ringlet.fbs
  KvFormats kv{KvFormat::int8};
  std::optional<SourceVector> key_bias = std::nullopt;
};

enum class SourcePieceKind : std::uint8_t { normal, unknown, control, byte, unused };

struct SourcePiece {
  std::string text;  // with plain spaces, never U+2581; a byte piece is "<0xNN>"
  float score = 0;
  SourcePieceKind kind = SourcePieceKind::normal;
};

struct SourceTokenizer {
  std::vector<SourcePiece> pieces;  // by id
  std::int32_t bos = -1;
  std::int32_t eos = -1;
  std::int32_t unknown = -1;
  bool add_bos = true;
  bool add_space_prefix = true;
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
  SamplingDefaults sampling;
};

}  // namespace ringlet::convert
