// GGUF files made in memory, written from the format's description and not from our importer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ringlet::test {

class GgufMaker {
 public:
  std::uint32_t version = 3;
  std::uint64_t alignment = 32;

  void number(const std::string& key, std::uint32_t value) { entry(key, 4, raw(value)); }
  void real(const std::string& key, float value) { entry(key, 6, raw(value)); }
  void truth(const std::string& key, bool value) { entry(key, 7, raw(std::uint8_t{value})); }
  void text(const std::string& key, const std::string& value) { entry(key, 8, with_length(value)); }
  /// A value as its type's number and its bytes.
  void entry(const std::string& key, std::uint32_t type, const std::string& bytes) {
    metadata_ += with_length(key) + raw(type) + bytes;
    ++keys_;
  }

  /// Several such values, as another file has them.
  void copied(const std::string& metadata, std::uint64_t keys) {
    metadata_ += metadata;
    keys_ += keys;
  }

  /// Dimensions as the format has them, innermost first. Data follows the tensor before, aligned.
  void tensor(const std::string& name, const std::vector<std::uint64_t>& dimensions,
              std::uint32_t type, const std::string& data) {
    tensors_ += with_length(name) + raw(static_cast<std::uint32_t>(dimensions.size()));
    for (const std::uint64_t size : dimensions) tensors_ += raw(size);
    tensors_ += raw(type) + raw(std::uint64_t{data_.size()});
    data_ += data;
    pad(data_);
    ++count_;
  }

  [[nodiscard]] std::string bytes() const {
    std::string file = "GGUF" + raw(version) + raw(count_) + raw(keys_) + metadata_ + tensors_;
    pad(file);
    return file + data_;
  }

  static std::string with_length(const std::string& text) {
    return raw(std::uint64_t{text.size()}) + text;
  }
  template <typename T>
  static std::string raw(T value) {
    return {reinterpret_cast<const char*>(&value), sizeof(value)};
  }

 private:
  void pad(std::string& bytes) const {
    const auto unit = static_cast<std::size_t>(alignment);
    bytes.resize((bytes.size() + unit - 1) / unit * unit, '\0');
  }

  std::string metadata_, tensors_, data_;
  std::uint64_t keys_ = 0;
  std::uint64_t count_ = 0;
};

/// A valid model of the llama architecture: one layer of width 32, whose feed-forward block has
/// `hidden`. All matrices are of the type with this number, in which `zeros` bytes per 32 elements
/// are zero, but for w_down, of which `down` and `down_row` (bytes) say the same. All matrices get
/// `more` dimensions behind their own.
struct SmallGguf {
  std::uint32_t type = 0;
  std::uint64_t zeros = 128;
  std::string architecture = "llama";
  std::vector<std::uint64_t> more = {};
  std::uint64_t hidden = 32;
  std::uint32_t down = type;
  std::uint64_t down_row = zeros;

  [[nodiscard]] GgufMaker file() const {
    GgufMaker file;
    const std::string& a = architecture;
    file.text("general.architecture", a);
    file.number(a + ".context_length", 16);
    file.number(a + ".embedding_length", 32);
    file.number(a + ".feed_forward_length", static_cast<std::uint32_t>(hidden));
    file.number(a + ".block_count", 1);
    file.number(a + ".attention.head_count", 2);
    file.number(a + ".attention.head_count_kv", 2);
    file.real(a + ".attention.layer_norm_rms_epsilon", 1e-5F);
    add_matrix(file, "token_embd.weight", 32, 20, type, zeros);
    add_norm(file, "blk.0.attn_norm.weight");
    for (const char* part : {"attn_q", "attn_k", "attn_v", "attn_output"}) {
      add_matrix(file, std::string("blk.0.") + part + ".weight", 32, 32, type, zeros);
    }
    add_norm(file, "blk.0.ffn_norm.weight");
    for (const char* part : {"ffn_gate", "ffn_up"}) {
      add_matrix(file, std::string("blk.0.") + part + ".weight", 32, hidden, type, zeros);
    }
    add_matrix(file, "blk.0.ffn_down.weight", hidden, 32, down, down_row);
    add_norm(file, "output_norm.weight");
    return file;
  }

 private:
  void add_matrix(GgufMaker& file, const std::string& name, std::uint64_t columns,
                  std::uint64_t rows, std::uint32_t number, std::uint64_t row_bytes) const {
    std::vector<std::uint64_t> dimensions = {columns, rows};
    dimensions.insert(dimensions.end(), more.begin(), more.end());
    file.tensor(name, dimensions, number,
                std::string(static_cast<std::size_t>(rows * row_bytes), '\0'));
  }
  static void add_norm(GgufMaker& file, const std::string& name) {
    file.tensor(name, {32}, 0, std::string(std::size_t{32} * 4, '\0'));
  }
};

inline GgufMaker small_gguf(std::uint32_t type, std::uint64_t bytes_per_32,
                            const std::string& architecture = "llama",
                            const std::vector<std::uint64_t>& more = {}) {
  return SmallGguf{.type = type, .zeros = bytes_per_32, .architecture = architecture, .more = more}
      .file();
}

/// The same in Q4_0, with 256 columns of w_down in blocks of 256 of this type.
inline GgufMaker gguf_with_wide_down(std::uint32_t type, std::uint64_t block_bytes) {
  return SmallGguf{.type = 2, .zeros = 18, .hidden = 256, .down = type, .down_row = block_bytes}
      .file();
}

}  // namespace ringlet::test
