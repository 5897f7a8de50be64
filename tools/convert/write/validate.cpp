#include "write/validate.hpp"

#include <cmath>
#include <limits>
#include <string_view>

#include "source/errors.hpp"
#include "source/rotary_frequencies.hpp"
#include "source/source_tensors.hpp"

namespace ringlet::convert {
namespace {

void check_positive(const char* field, std::uint32_t value) {
  if (value == 0) fail("the model's ", field, " is 0");
}

void check_product_fits(const char* what, std::uint32_t a, std::uint32_t b) {
  if (std::uint64_t{a} * b > std::numeric_limits<std::int32_t>::max()) {
    fail("the model's ", what, " (", a, " times ", b, ") is too large");
  }
}

void check_sizes(const Architecture& a) {
  check_positive("vocabulary size", a.vocab_size);
  check_positive("width", a.dim);
  check_positive("hidden width", a.hidden_dim);
  check_positive("number of layers", a.layers);
  check_positive("number of heads", a.heads);
  check_positive("number of key/value heads", a.kv_heads);
  check_positive("head size", a.head_dim);
  check_positive("context length", a.trained_context);
  check_product_fits("query width", a.heads, a.head_dim);
  if (a.kv_heads > a.heads || a.heads % a.kv_heads != 0) {
    fail("the model has ", a.heads, " heads, which ", a.kv_heads,
         " key/value heads cannot share evenly");
  }
  if (a.rotary_dim % 2 != 0 || a.rotary_dim > a.head_dim) {
    fail("the model rotates ", a.rotary_dim, " dimensions of heads of size ", a.head_dim,
         "; an even number up to the head size is needed");
  }
}

void check_rotary(const SourceRotary& rotary, std::uint32_t rotary_dim) {
  if (!(std::isfinite(rotary.theta) && rotary.theta >= 1)) {
    fail("the model's rotary base is ", rotary.theta, "; it must be at least 1");
  }
  if (!rotary.factors.empty() && rotary.factors.size() != rotary_dim / 2) {
    fail("the model has ", rotary.factors.size(), " rotary factors for ", rotary_dim / 2,
         " pairs of a head");
  }
  for (const double factor : rotary.factors) {
    // An infinite one is that of a pair that does not rotate.
    if (!(factor >= least_rotary_factor)) {
      fail("the model has a rotary factor of ", factor, "; at least ", least_rotary_factor,
           " is needed");
    }
  }
}

void check_numbers(const SourceModel& source) {
  const Architecture& a = source.architecture;
  if (!(std::isfinite(a.norm_epsilon) && a.norm_epsilon > 0)) {
    fail("the model's norm epsilon is ", a.norm_epsilon, "; it must be positive");
  }
  if (!(std::isfinite(a.attention_scale) && a.attention_scale > 0)) {
    fail("the model's attention scale is ", a.attention_scale, "; it must be positive");
  }
  check_rotary(source.rotary, a.rotary_dim);
  if (source.local_rotary) {
    check_rotary(*source.local_rotary, a.local_rotary_dim == 0 ? a.rotary_dim : a.local_rotary_dim);
  }
  if (source.long_rotary) check_rotary(*source.long_rotary, a.rotary_dim);
}

void check_shape(const SourceMatrix& matrix, std::uint32_t rows, std::uint32_t columns) {
  if (matrix.rows == rows && matrix.columns == columns) return;
  fail(matrix.name, " is ", matrix.rows, " by ", matrix.columns, ", but the architecture needs ",
       rows, " by ", columns);
}

void check_vector(const SourceVector& vector, std::uint32_t length) {
  if (vector.values.size() != length) {
    fail(vector.name, " has ", vector.values.size(), " values, but the architecture needs ",
         length);
  }
  for (std::size_t i = 0; i < vector.values.size(); ++i) {
    if (!std::isfinite(vector.values[i])) {
      fail(vector.name, " has a value that is not finite (", vector.values[i], ") at index ", i,
           "; the source is damaged or its training diverged");
    }
  }
}

/// A visitor that checks tensors against these sizes.
auto against(const Extents& extents) {
  return [extents](const TensorRow& row, std::size_t, const auto& member) {
    const auto* tensor = present(member);
    if (tensor == nullptr) return;
    const std::uint32_t rows = extents[static_cast<std::size_t>(row.rows)];
    if constexpr (is_matrix<decltype(member)>) {
      check_shape(*tensor, rows, extents[static_cast<std::size_t>(row.columns)]);
    } else {
      check_vector(*tensor, rows);
    }
  };
}

void check_tensors(const SourceModel& source) {
  visit_model_tensors(source, against(extents_of(source.architecture)));
  for (std::size_t i = 0; i < source.layers.size(); ++i) {
    const SourceLayer& layer = source.layers[i];
    const bool has_keys = !layer.cache_of;
    const LayerKind kind{layer.mixer, has_keys, has_keys && !layer.values_are_keys};
    const Architecture own = with_sizes_of(source.architecture, layer);
    check_sizes(own);
    visit_layer_tensors(layer, i, against(extents_of(own, kind)));
  }
}

void check_token(const char* what, std::int32_t token, std::uint32_t vocab_size) {
  if (token >= -1 && token < static_cast<std::int64_t>(vocab_size)) return;
  fail("the tokenizer's ", what, " token is ", token, ", but there are only ", vocab_size,
       " tokens");
}

void check_tokenizer(const SourceTokenizer& tokenizer, std::uint32_t vocab_size) {
  if (tokenizer.pieces.size() != vocab_size) {
    fail("the tokenizer has ", tokenizer.pieces.size(), " pieces, but the model's vocabulary has ",
         vocab_size, "; they do not belong together");
  }
  check_token("begin-of-text", tokenizer.bos, vocab_size);
  check_token("end-of-text", tokenizer.eos, vocab_size);
  check_token("unknown", tokenizer.unknown, vocab_size);
}

}  // namespace

void validate_source(const SourceModel& source) {
  const Architecture& a = source.architecture;
  check_sizes(a);
  check_numbers(source);
  if (source.layers.size() != a.layers) {
    fail("the source has ", source.layers.size(), " layers, but the architecture needs ", a.layers);
  }
  if (source.lm_head.has_value() == a.tied_embedding) {
    fail(a.tied_embedding
             ? "the head is tied to the embedding, but the source has a matrix for it"
             : "the head is not tied to the embedding, but the source has no matrix for it");
  }
  if ((a.learned_positions != 0) != source.positions.has_value()) {
    fail("the architecture names ", a.learned_positions, " learned positions, but the source has ",
         source.positions ? "a" : "no", " matrix for them");
  }
  check_tensors(source);
  if (source.tokenizer) check_tokenizer(*source.tokenizer, a.vocab_size);
}

}  // namespace ringlet::convert
