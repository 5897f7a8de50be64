// llama2.c checkpoints and tokenizers made in memory, for the tests of their importers. Written
// from the format's description (export.py of llama2.c), not from our importer.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace ringlet::test {

template <typename T>
void append(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

/// The seven sizes of a header and what goes with them.
struct Checkpoint {
  std::int32_t dim = 32, hidden_dim = 24, layers = 2, heads = 4, kv_heads = 2, vocab_size = 40,
               context = 16;
  bool shared = true;
  std::int32_t group_size = 8;

  [[nodiscard]] std::int32_t kv_dim() const { return dim / heads * kv_heads; }

  void append_sizes(std::string& out, bool legacy) const {
    const std::int32_t vocab = legacy && !shared ? -vocab_size : vocab_size;
    for (const auto size : {dim, hidden_dim, layers, heads, kv_heads, vocab, context})
      append(out, size);
  }

  /// A different number for every element of every tensor: 'kind' and layer choose the tensor. They
  /// are small integers over a power of two, so that INT8 groups hold them exactly.
  [[nodiscard]] float value(int kind, int layer, std::int64_t element) const {
    const std::int64_t mixed = element * 37 + kind * 11 + layer * 5;
    // The first of each group has the largest magnitude, which makes the scale 1/64.
    if (element % group_size == 0) return 127.0F / 64;
    return static_cast<float>(mixed % 253 - 126) / 64;
  }

  void append_floats(std::string& out, int kind, int layer, std::int64_t count) const {
    for (std::int64_t i = 0; i < count; ++i) append(out, value(kind, layer, i));
  }

  void append_group_quantized(std::string& out, int kind, int layer, std::int64_t count) const {
    for (std::int64_t i = 0; i < count; ++i) {
      append(out, static_cast<std::int8_t>(value(kind, layer, i) * 64));
    }
    for (std::int64_t i = 0; i < count / group_size; ++i) append(out, 1.0F / 64);
  }

  /// Kinds: 0 embedding, 1 attention norm, 2 wq, 3 wk, 4 wv, 5 wo, 6 ffn norm, 7 w1, 8 w2, 9 w3, 10
  /// final norm, 11 classifier.
  [[nodiscard]] std::int64_t elements(int kind) const {
    const std::int64_t d = dim;
    switch (kind) {
      case 0:
      case 11:
        return vocab_size * d;
      case 2:
      case 5:
        return d * d;
      case 3:
      case 4:
        return kv_dim() * d;
      case 7:
      case 8:
      case 9:
        return hidden_dim * d;
      default:
        return d;
    }
  }

  void append_all_layers(std::string& out, int kind, bool quantized) const {
    for (int layer = 0; layer < layers; ++layer) {
      quantized ? append_group_quantized(out, kind, layer, elements(kind))
                : append_floats(out, kind, layer, elements(kind));
    }
  }

  [[nodiscard]] std::string legacy() const {
    std::string out;
    append_sizes(out, true);
    append_floats(out, 0, 0, elements(0));
    for (int kind = 1; kind <= 9; ++kind) append_all_layers(out, kind, false);
    append_floats(out, 10, 0, dim);
    for (int i = 0; i < context * (dim / heads); ++i) append(out, 0.5F);  // cosines and sines
    if (!shared) append_floats(out, 11, 0, elements(11));
    return out;
  }

  [[nodiscard]] std::string versioned(std::int32_t version) const {
    std::string out;
    append(out, std::uint32_t{0x616B3432});
    append(out, version);
    append_sizes(out, false);
    append(out, static_cast<std::uint8_t>(shared));
    if (version == 2) append(out, group_size);
    out.resize(256);
    const bool quantized = version == 2;
    append_all_layers(out, 1, false);
    append_all_layers(out, 6, false);
    append_floats(out, 10, 0, dim);
    const auto single = [&](int kind) {
      quantized ? append_group_quantized(out, kind, 0, elements(kind))
                : append_floats(out, kind, 0, elements(kind));
    };
    single(0);
    for (const int kind : {2, 3, 4, 5, 7, 8, 9}) append_all_layers(out, kind, quantized);
    if (!shared) single(11);
    return out;
  }
};

/// A tokenizer.bin: special tokens, bytes, and then the given pieces.
inline std::string tokenizer_file(const std::vector<std::string>& pieces, bool with_bytes = true) {
  std::string out;
  append(out, std::int32_t{16});
  float score = 0;
  const auto add = [&](const std::string& text) {
    append(out, score);
    append(out, static_cast<std::int32_t>(text.size()));
    out += text;
  };
  add("<unk>");
  add("\n<s>\n");
  add("\n</s>\n");
  for (int byte = 0; with_bytes && byte < 256; ++byte) {
    char text[8];
    std::snprintf(text, sizeof(text), "<0x%02X>", static_cast<unsigned>(byte));
    add(text);
  }
  for (const std::string& piece : pieces) {
    score -= 1;
    add(piece);
  }
  return out;
}

}  // namespace ringlet::test
