// The families of families.hpp as model files.
#pragma once

#include "support/families.hpp"
#include "support/model_image.hpp"

namespace ringlet::test {

/// The family as a Hugging Face folder, imported and converted.
AlignedBytes write_family(const Family& family, const convert::WriteOptions& options);

/// One of runtime_families() as an opened model, made at the first call. Families take turns with
/// the formats of weights: F32, INT8, INT4.
const LoadedModel& family_model(std::size_t index);

}  // namespace ringlet::test
