// How a file is written: mostly the formats of its matrices.
#pragma once

#include <cstdint>
#include <optional>

#include "ringlet/formats.hpp"
#include "source/source_model.hpp"

namespace ringlet::convert {

/// The classes of matrices. The format of gates is f32: a few rows decide what a state forgets.
/// Tables are stored by rows, in the format of the feed-forward.
enum class TensorClass : std::uint8_t {
  embedding,
  attention,
  feed_forward,
  lm_head,
  gates,
  tables
};

/// One flag per class.
struct TensorClasses {
  bool embedding = false, attention = false, feed_forward = false, lm_head = false;
};
inline constexpr TensorClasses all_classes{true, true, true, true};

/// The formats of the matrices by class. INT8 for the embedding and lm_head costs little and
/// preserves quality.
struct WriteOptions {
  MatrixFormat weights = MatrixFormat::int4;
  MatrixFormat embedding = MatrixFormat::int8;
  MatrixFormat lm_head = MatrixFormat::int8;  // ignored if it is tied to the embedding
  /// In these classes, a matrix that its source has quantized is written in the format that holds
  /// its numbers or comes closest (SourceCodes::kept_in) instead of that of its class.
  TensorClasses keep_codes{};
  std::optional<MatrixFormat> attention{};     // wq, wk, wv and wo; otherwise `weights`
  std::optional<MatrixFormat> feed_forward{};  // w_gate, w_up and w_down; otherwise `weights`
  bool token_trie = false;    // whether the tokenizer has the trie that masks of grammars need
  std::uint32_t threads = 1;  // that encode matrices; the file does not depend on it

  /// The format of a class, and of a matrix in it.
  [[nodiscard]] MatrixFormat format_of(TensorClass kind) const;
  [[nodiscard]] MatrixFormat format_of(TensorClass kind, const SourceMatrix& matrix) const;
};

}  // namespace ringlet::convert
