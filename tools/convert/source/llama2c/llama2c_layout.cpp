#include "source/llama2c/llama2c_layout.hpp"

#include "base/checked.hpp"
#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

/// The minimum size in bytes of a layer. It bounds the number of layers by the file's size before
/// anything is allocated for them.
constexpr std::uint64_t least_layer_bytes = 9;

class Placer {
 public:
  Placer(const Llama2cHeader& header, std::uint64_t file_bytes, const std::string& file_name)
      : header_(header), file_bytes_(file_bytes), file_name_(file_name), end_(header.bytes) {}

  /// Vectors are floats in every version.
  void vector(Llama2cTensor& tensor, std::string name, std::uint32_t length) {
    tensor = {.name = std::move(name), .offset = end_, .rows = 1, .columns = length};
    advance(tensor.name, Checked(length) * Checked(sizeof(float)));
  }

  void matrix(Llama2cTensor& tensor, std::string name, std::uint32_t rows, std::uint32_t columns) {
    tensor = {.name = std::move(name),
              .offset = end_,
              .rows = rows,
              .columns = columns,
              .group_size = header_.group_size};
    const Checked elements = Checked(rows) * Checked(columns);
    if (header_.version != 2) return advance(tensor.name, elements * Checked(sizeof(float)));
    if (elements.value() % header_.group_size != 0) {
      fail(file_name_, " has groups of ", header_.group_size, ", which do not divide the ",
           elements.value(), " weights of ", tensor.name, "; it is damaged");
    }
    advance(tensor.name,
            elements + Checked(elements.value() / header_.group_size) * Checked(sizeof(float)));
  }

  void skip(const std::string& name, Checked bytes) { advance(name, bytes); }

  void finish() const {
    if (end_ == file_bytes_) return;
    fail(file_name_, " has ", file_bytes_ - end_, " bytes after its last tensor, which ends at ",
         end_, "; its header does not belong to these weights");
  }

 private:
  void advance(const std::string& name, Checked bytes) {
    const Checked next = Checked(end_) + bytes;
    if (!next.valid()) {
      fail(file_name_, " names sizes in its header that no file can have (", name,
           "), so it is not a complete llama2.c checkpoint");
    }
    if (next.value() > file_bytes_) {
      fail(file_name_, " is truncated: ", name, " takes ", bytes.value(), " bytes at offset ", end_,
           ", the file has ", file_bytes_);
    }
    end_ = next.value();
  }

  const Llama2cHeader& header_;
  std::uint64_t file_bytes_;
  const std::string& file_name_;
  std::uint64_t end_;
};

/// Tensors of one kind are contiguous, layer after layer.
struct LayerKind {
  const char* name;
  Llama2cTensor Llama2cLayer::*member;
  std::uint32_t rows;  // 0: a norm
  std::uint32_t columns;
};

struct LayerKinds {
  explicit LayerKinds(const Llama2cHeader& h)
      : attention_norm{"attention_norm", &Llama2cLayer::attention_norm, 0, h.dim},
        wq{"attention.wq", &Llama2cLayer::wq, h.dim, h.dim},
        wk{"attention.wk", &Llama2cLayer::wk, h.kv_dim(), h.dim},
        wv{"attention.wv", &Llama2cLayer::wv, h.kv_dim(), h.dim},
        wo{"attention.wo", &Llama2cLayer::wo, h.dim, h.dim},
        ffn_norm{"ffn_norm", &Llama2cLayer::ffn_norm, 0, h.dim},
        w1{"feed_forward.w1", &Llama2cLayer::w1, h.hidden_dim, h.dim},
        w2{"feed_forward.w2", &Llama2cLayer::w2, h.dim, h.hidden_dim},
        w3{"feed_forward.w3", &Llama2cLayer::w3, h.hidden_dim, h.dim} {}
  LayerKind attention_norm, wq, wk, wv, wo, ffn_norm, w1, w2, w3;
};

void place_kind(Placer& placer, std::vector<Llama2cLayer>& layers, const LayerKind& kind) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    Llama2cTensor& tensor = layers[i].*kind.member;
    std::string name = "layers." + std::to_string(i) + "." + kind.name;
    if (kind.rows == 0) {
      placer.vector(tensor, std::move(name), kind.columns);
    } else {
      placer.matrix(tensor, std::move(name), kind.rows, kind.columns);
    }
  }
}

void place_kinds(Placer& placer, Llama2cLayout& layout, std::initializer_list<LayerKind> kinds) {
  for (const LayerKind& kind : kinds) place_kind(placer, layout.layers, kind);
}

void place_legacy(Placer& placer, const Llama2cHeader& header, Llama2cLayout& layout) {
  const LayerKinds k(header);
  placer.matrix(layout.embedding, "tok_embeddings", header.vocab_size, header.dim);
  place_kinds(placer, layout,
              {k.attention_norm, k.wq, k.wk, k.wv, k.wo, k.ffn_norm, k.w1, k.w2, k.w3});
  placer.vector(layout.final_norm, "norm", header.dim);
  // Cosines and sines of the rotary angles, which the converter computes itself.
  const Checked table =
      Checked(header.context) * Checked(header.head_dim() / 2) * Checked(sizeof(float));
  placer.skip("freqs_cos", table);
  placer.skip("freqs_sin", table);
}

void place_versioned(Placer& placer, const Llama2cHeader& header, Llama2cLayout& layout) {
  const LayerKinds k(header);
  place_kinds(placer, layout, {k.attention_norm, k.ffn_norm});
  placer.vector(layout.final_norm, "norm", header.dim);
  placer.matrix(layout.embedding, "tok_embeddings", header.vocab_size, header.dim);
  place_kinds(placer, layout, {k.wq, k.wk, k.wv, k.wo, k.w1, k.w2, k.w3});
}

}  // namespace

Llama2cLayout place_llama2c_tensors(const Llama2cHeader& header, std::uint64_t file_bytes,
                                    const std::string& file_name) {
  if (header.layers > file_bytes / least_layer_bytes) {
    fail(file_name, " is truncated: its header names ", header.layers, " layers, the file has ",
         file_bytes, " bytes");
  }
  Llama2cLayout layout;
  layout.layers.resize(header.layers);
  Placer placer(header, file_bytes, file_name);
  header.version == 0 ? place_legacy(placer, header, layout)
                      : place_versioned(placer, header, layout);
  if (!header.shared_classifier) {
    placer.matrix(layout.classifier, "output", header.vocab_size, header.dim);
  }
  placer.finish();
  return layout;
}

}  // namespace ringlet::convert
