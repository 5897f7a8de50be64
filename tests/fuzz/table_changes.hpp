// Changes of model tables that keep them FlatBuffers: found by walking the schema, so that a field
// that is added to the schema is changed too.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstddef>
#include <span>
#include <vector>

#include "fuzz/byte_source.hpp"

namespace ringlet::test {

/// A number, or a run of numbers of one vector.
struct NumberSite {
  std::size_t at = 0;  // in the file
  std::size_t count = 1;
  std::size_t width = 0;  // bytes of each
};

/// Where a table or vector is referred to: the distance to it, of 32 bits.
struct ReferenceSite {
  std::size_t at = 0;
  const void* type = nullptr;  // equal for what may stand in for each other
};

/// The entries of a table's fields in its vtable, of 16 bits each; 0 where a field is absent.
struct EntriesSite {
  std::size_t at = 0;
  std::size_t count = 0;
};

/// Everything in a model file's tables that can be changed.
struct TableSites {
  std::vector<NumberSite> numbers;
  std::vector<NumberSite> lengths;  // of vectors and texts
  std::vector<ReferenceSite> references;
  std::vector<EntriesSite> entries;
};

/// Walks the tables of an intact file.
TableSites find_sites(std::span<const std::byte> file);

/// Makes one change that the input selects: a number becomes a neighbor, an extreme, or another
/// number of the file; a vector gets another length; a reference points elsewhere; a field is
/// removed, or shows the content of another field. Checksums are not changed.
void change_tables(std::span<std::byte> file, const TableSites& sites, ByteSource& bytes);

}  // namespace ringlet::test
