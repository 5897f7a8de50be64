// A model file in memory for tests: made from a recipe, divided into its tables and assembled again
// with correct checksums, so that only the intended fault is present.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "model/file_format.hpp"
#include "ringlet/model.hpp"
#include "support/aligned.hpp"
#include "support/random_model.hpp"
#include "write/write_model.hpp"

namespace ringlet::test_schema {
struct ModelT;
}

namespace ringlet::test {

inline constexpr convert::WriteOptions all_f32 = {MatrixFormat::f32, MatrixFormat::f32,
                                                  MatrixFormat::f32};
inline constexpr convert::WriteOptions all_int8 = {MatrixFormat::int8, MatrixFormat::int8,
                                                   MatrixFormat::int8};
inline constexpr convert::WriteOptions all_int4 = {MatrixFormat::int4, MatrixFormat::int4,
                                                   MatrixFormat::int4};

/// The converter's output, aligned as a mapped file would be.
AlignedBytes write_image(const convert::SourceModel& source, const convert::WriteOptions& options);
AlignedBytes write_image(const Recipe& recipe, const convert::WriteOptions& options);

/// An image and the view of it. Fails the test when the view does not open.
struct LoadedModel {
  explicit LoadedModel(AlignedBytes image);
  LoadedModel(const Recipe& recipe, const convert::WriteOptions& options)
      : LoadedModel(write_image(recipe, options)) {}

  AlignedBytes bytes;
  Model model;
};

file::Preamble preamble_of(std::span<const std::byte> image);

/// Writes a preamble with its checksum put right.
void put_preamble(std::span<std::byte> image, file::Preamble preamble);

/// Puts the checksums of the tables and of the preamble right. For whole preambles only.
void seal(std::span<std::byte> image);

/// The same file after `edit` has changed its tables. Planes stay where they are in the segment;
/// their checksums are not touched.
AlignedBytes with_tables(const AlignedBytes& image,
                         const std::function<void(test_schema::ModelT&)>& edit);

/// The same file with every number of its tables written out, also where it has its default, and
/// with a vtable for each table, so that each can be changed where it lies.
AlignedBytes with_every_field(const AlignedBytes& image);

/// The same file with a tokenizer of bytes that has no token for some of them and cuts words by
/// steps. `image` has a tokenizer.
AlignedBytes with_byte_gaps(const AlignedBytes& image);

/// The same file with an optional table or vector taken out of its parent: the field's entry in the
/// vtable is zeroed, as if it had never been written. `table` and `field` index into the tables.
void remove_field(std::span<std::byte> image, const void* table, std::uint16_t field);

}  // namespace ringlet::test
