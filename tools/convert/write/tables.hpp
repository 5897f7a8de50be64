// The FlatBuffer of a model file (schema/ringlet.fbs).
#pragma once

#include "schema/ringlet_generated.h"
#include "source/source_model.hpp"
#include "tokenizer/tokenizer_tables.hpp"
#include "write/segment.hpp"

namespace ringlet::convert {

/// The converter's name in the provenance.
inline constexpr const char* converter_name = "ringlet-convert 0.1.0";

/// The computed parts of the tables, so that they can be built twice: before any plane is written,
/// to learn their size, and afterwards with checksums and errors.
struct TableInputs {
  std::vector<std::uint64_t> rotary_frequencies;
  std::vector<std::uint64_t> local_frequencies;  // empty: the model has none
  std::vector<std::uint64_t> long_frequencies;   // likewise
  std::optional<TokenizerTables> tokenizer;
  std::string settings;  // for the provenance
};

TableInputs prepare_tables(const SourceModel& source, const WriteOptions& options);

/// Builds the tables. Their size does not depend on checksums and errors: defaults are stored too.
flatbuffers::DetachedBuffer build_tables(const SourceModel& source, const TableInputs& inputs,
                                         const SegmentRecord& segment);

}  // namespace ringlet::convert
