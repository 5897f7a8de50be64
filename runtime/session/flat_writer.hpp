// Writes a FlatBuffer into existing memory. FlatBuffers' own builder needs a heap.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>

namespace ringlet {

/// A field of a table: its slot in the vtable (VT_… of the generated code), and its value. A field
/// of zero bytes is omitted.
struct FlatField {
  flatbuffers::voffset_t slot = 0;
  std::uint8_t bytes = 0;
  std::uint64_t value = 0;

  /// A field that refers to a vector or table. FlatWriter::link fills it in.
  static constexpr FlatField reference(flatbuffers::voffset_t slot) { return {slot, 4}; }
};

/// Writes front to back, each table before the objects that it refers to, because offsets of
/// FlatBuffers only point forward. Data that does not fit is counted but not written, so a writer
/// without memory measures the size. The memory must be aligned to 8.
class FlatWriter {
 public:
  explicit FlatWriter(std::span<std::byte> out) noexcept : out_(out) {}

  /// Number of bytes so far.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Appends a number, aligned to its size, and returns its offset.
  template <typename T>
  std::size_t put(T value) noexcept {
    align(sizeof(T));
    append(&value, sizeof(T));
    return size_ - sizeof(T);
  }

  /// Appends zeros up to a multiple of `unit`.
  void align(std::size_t unit) noexcept {
    constexpr std::uint64_t zero = 0;
    while (size_ % unit != 0) append(&zero, 1);
  }

  /// Appends a vtable and its table, and returns the offset of the table.
  std::size_t table(std::initializer_list<FlatField> fields) noexcept {
    VTable vtable;
    for (const FlatField& field : fields) vtable.add(field);
    // The table begins at a multiple of 8, so that offsets within it determine the alignment.
    align(2);
    while ((size_ + vtable.bytes) % 8 != 0) put(std::uint16_t{0});
    put(vtable.bytes);
    put(vtable.table_bytes);
    for (std::size_t i = 0; i < vtable.slots(); ++i) put(vtable.offsets[i]);
    const std::size_t start = put(flatbuffers::soffset_t{vtable.bytes});
    for (const FlatField& field : fields) {
      if (field.bytes > 0) align(field.bytes);
      append(&field.value, field.bytes);  // files and targets are little-endian
    }
    return start;
  }

  /// Makes a reference field of a table point to the vector or table at `target`.
  void link(std::size_t table, flatbuffers::voffset_t slot, std::size_t target) noexcept {
    if (table + 4 > out_.size()) return;
    const auto* view = reinterpret_cast<const flatbuffers::Table*>(out_.data() + table);
    patch(table + view->GetOptionalFieldOffset(slot), target);
  }

  /// Stores the distance from `at` to `target` at `at`.
  void patch(std::size_t at, std::size_t target) noexcept {
    const auto distance = static_cast<std::uint32_t>(target - at);
    if (at + 4 <= out_.size()) std::memcpy(out_.data() + at, &distance, 4);
  }

 private:
  using Offset = flatbuffers::voffset_t;

  /// The offset of each field in its table; 0 for omitted fields.
  struct VTable {
    static constexpr std::size_t most_slots = 32;
    Offset bytes = 4;  // of the vtable itself
    Offset table_bytes = sizeof(flatbuffers::soffset_t);
    Offset offsets[most_slots] = {};

    [[nodiscard]] std::size_t slots() const { return (bytes - std::size_t{4}) / 2; }
    void add(const FlatField& field) {
      if (field.bytes == 0) return;
      const std::size_t at =
          (table_bytes + field.bytes - std::size_t{1}) / field.bytes * field.bytes;
      offsets[(field.slot - std::size_t{4}) / 2] = static_cast<Offset>(at);
      table_bytes = static_cast<Offset>(at + field.bytes);
      if (field.slot >= bytes) bytes = static_cast<Offset>(field.slot + 2);
    }
  };

  void append(const void* bytes, std::size_t count) noexcept {
    if (size_ + count <= out_.size()) std::memcpy(out_.data() + size_, bytes, count);
    size_ += count;
  }

  std::span<std::byte> out_;
  std::size_t size_ = 0;
};

}  // namespace ringlet
