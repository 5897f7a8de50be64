// The FlatBuffer of a model file (schema/ringlet.fbs).
#pragma once

#include "schema/ringlet_generated.h"
#include "segment.hpp"
#include "source_model.hpp"
#include "tokenizer_tables.hpp"

namespace ringlet::convert {

/// What the converter calls itself in the provenance.
inline constexpr const char* converter_name = "ringlet-convert 0.1.0";

/// Everything in the tables that needs computing, so that they can be built twice: once to learn
/// their size, before any plane is written, and once with checksums and errors.
struct TableInputs {
  std::vector<std::uint64_t> rope_steps;
  std::vector<std::uint64_t> local_steps;  // empty: the model has none
  std::vector<std::uint64_t> long_steps;   // likewise
  std::optional<TokenizerTables> tokenizer;
  std::string settings;  // for the provenance
};

TableInputs prepare_tables(const SourceModel& source, const WriteOptions& options);

/// Builds the tables. Their size does not depend on checksums and errors: defaults are stored too.
flatbuffers::DetachedBuffer build_tables(const SourceModel& source, const TableInputs& inputs,
                                         const SegmentRecord& segment);

}  // namespace ringlet::convert
