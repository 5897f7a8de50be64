#include <cstring>

#include "model/table_shapes.hpp"
#include "model/tensor_table.hpp"
#include "model/verify.hpp"

namespace ringlet {
namespace {

// Tables nest three deep (model, layer, matrix); anything near these limits is an attack.
constexpr flatbuffers::uoffset_t deepest_table = 8;
constexpr flatbuffers::uoffset_t most_tables = 1U << 17;

constexpr bool is_required_in_layer(flatbuffers::voffset_t field) {
  for (const TensorRow& row : layer_tensors) {
    if (row.field == field) return row.presence == Presence::required;
  }
  return false;
}

using Shapes = SchemaShapes<
    TableOf<schema::Model, is_one_of<schema::Model::VT_ARCHITECTURE, schema::Model::VT_EMBEDDING,
                                     schema::Model::VT_LAYERS, schema::Model::VT_FINAL_NORM>>,
    TableOf<schema::Architecture, is_one_of<schema::Architecture::VT_FAMILY,
                                            schema::Architecture::VT_ROTARY_FREQUENCIES>>,
    TableOf<schema::Layer, is_required_in_layer>, TableOf<schema::Matrix, is_one_of<>>,
    TableOf<schema::Vector, is_one_of<>>,
    TableOf<schema::Tokenizer, is_one_of<schema::Tokenizer::VT_TEXT, schema::Tokenizer::VT_ENDS,
                                         schema::Tokenizer::VT_SCORES, schema::Tokenizer::VT_KINDS,
                                         schema::Tokenizer::VT_SORTED>>,
    TableOf<schema::Normalizer,
            is_one_of<schema::Normalizer::VT_TRIE, schema::Normalizer::VT_REPLACEMENTS>>,
    TableOf<schema::ChatFormat,
            is_one_of<schema::ChatFormat::VT_OPENING, schema::ChatFormat::VT_BEFORE_REPLY,
                      schema::ChatFormat::VT_AFTER_REPLY>>,
    TableOf<schema::Sampling, is_one_of<>>, TableOf<schema::Provenance, is_one_of<>>>;

}  // namespace

bool verify_tables(std::span<const std::byte> tables) noexcept {
  constexpr std::size_t identifier_end =
      sizeof(flatbuffers::uoffset_t) + flatbuffers::kFileIdentifierLength;
  if (tables.size() < identifier_end || tables.size() >= FLATBUFFERS_MAX_BUFFER_SIZE) return false;
  if (std::memcmp(flatbuffers::GetBufferIdentifier(tables.data()), schema::ModelIdentifier(),
                  flatbuffers::kFileIdentifierLength) != 0) {
    return false;
  }
  const auto* buffer = reinterpret_cast<const std::uint8_t*>(tables.data());
  flatbuffers::Verifier verifier(buffer, tables.size(), deepest_table, most_tables);
  const std::size_t root = verifier.VerifyOffset(0);
  return root != 0 && check_tables(verifier, buffer + root, Shapes::all);
}

}  // namespace ringlet
