#include "fuzz/table_changes.hpp"

#include <algorithm>
#include <cstring>

#include "editable_generated.h"
#include "support/model_image.hpp"

namespace ringlet::test {
namespace {

using flatbuffers::ElementaryType;
using flatbuffers::TypeTable;

constexpr std::size_t reference_bytes = sizeof(flatbuffers::uoffset_t);
constexpr std::size_t entry_bytes = sizeof(flatbuffers::voffset_t);
constexpr std::size_t first_entry = 2 * entry_bytes;  // behind the sizes of vtable and table

template <typename T>
T read(std::span<const std::byte> file, std::size_t at) {
  T value{};
  std::memcpy(&value, file.data() + at, sizeof(value));
  return value;
}

std::size_t width_of(ElementaryType type) {
  switch (type) {
    case flatbuffers::ET_UTYPE:
    case flatbuffers::ET_BOOL:
    case flatbuffers::ET_CHAR:
    case flatbuffers::ET_UCHAR:
      return 1;
    case flatbuffers::ET_SHORT:
    case flatbuffers::ET_USHORT:
      return 2;
    case flatbuffers::ET_LONG:
    case flatbuffers::ET_ULONG:
    case flatbuffers::ET_DOUBLE:
      return 8;
    default:
      return 4;
  }
}

class Walk {
 public:
  explicit Walk(std::span<const std::byte> file) : file_(file) {}

  TableSites sites;

  void table(std::size_t at, const TypeTable& type) {
    const std::size_t vtable =
        static_cast<std::size_t>(static_cast<std::ptrdiff_t>(at) - read<std::int32_t>(file_, at));
    const std::size_t entries =
        (read<flatbuffers::voffset_t>(file_, vtable) - first_entry) / entry_bytes;
    sites.entries.push_back({vtable + first_entry, entries});
    for (std::size_t i = 0; i < std::min(entries, type.num_elems); ++i) {
      const auto entry =
          read<flatbuffers::voffset_t>(file_, vtable + first_entry + i * entry_bytes);
      if (entry != 0) field(at + entry, type, i);
    }
  }

 private:
  void field(std::size_t at, const TypeTable& type, std::size_t index) {
    const flatbuffers::TypeCode code = type.type_codes[index];
    const auto base = static_cast<ElementaryType>(code.base_type);
    const TypeTable* of = code.sequence_ref >= 0 ? type.type_refs[code.sequence_ref]() : nullptr;
    if (of != nullptr && of->st == flatbuffers::ST_STRUCT) {  // lies in its table
      sites.numbers.push_back({at, static_cast<std::size_t>(of->values[of->num_elems]), 1});
      return;
    }
    const bool of_tables = base == flatbuffers::ET_SEQUENCE;
    const bool text = base == flatbuffers::ET_STRING;
    if (code.is_repeating == 0 && !of_tables && !text) {
      sites.numbers.push_back({at, 1, width_of(base)});
      return;
    }
    // Vectors of numbers of one width can stand in for each other; tables those of their type.
    static constexpr char widths[9] = {};
    const void* key = of_tables ? static_cast<const void*>(of) : &widths[text ? 1 : width_of(base)];
    sites.references.push_back({at, key});
    const std::size_t to = at + read<flatbuffers::uoffset_t>(file_, at);
    if (of_tables && code.is_repeating == 0) {
      table(to, *of);
    } else {
      vector(to, of_tables ? of : nullptr, text ? 1 : width_of(base));
    }
  }

  void vector(std::size_t at, const TypeTable* of, std::size_t width) {
    const auto count = read<flatbuffers::uoffset_t>(file_, at);
    sites.lengths.push_back({at, 1, reference_bytes});
    const std::size_t first = at + reference_bytes;
    if (of == nullptr) {
      if (count > 0) sites.numbers.push_back({first, count, width});
      return;
    }
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t element = first + i * reference_bytes;
      sites.references.push_back({element, of});
      table(element + read<flatbuffers::uoffset_t>(file_, element), *of);
    }
  }

  std::span<const std::byte> file_;
};

std::uint64_t number_at(std::span<const std::byte> file, const NumberSite& site, std::size_t i) {
  std::uint64_t value = 0;
  std::memcpy(&value, file.data() + site.at + i * site.width, site.width);
  return value;
}

std::uint64_t change_number(std::uint64_t old, std::span<const std::byte> file,
                            const TableSites& sites, ByteSource& bytes) {
  switch (bytes.below(8)) {
    case 0:
      return old + 1;
    case 1:
      return old - 1;
    case 2:
      return old ^ std::uint64_t{1} << bytes.below(64);
    case 3:
      return bytes.extreme();
    case 4:
      return bytes.below(256);
    case 5:  // not finite, or the largest or the smallest float
      return std::uint64_t{0x7F800000} + bytes.below(3) - 1;
    case 6:
      return old * 2;
    default: {
      const NumberSite& other = sites.numbers[bytes.index(sites.numbers.size())];
      return number_at(file, other, bytes.index(other.count));
    }
  }
}

void write_number(std::span<std::byte> file, const NumberSite& site, std::size_t i,
                  std::uint64_t value) {
  std::memcpy(file.data() + site.at + i * site.width, &value, site.width);
}

void redirect(std::span<std::byte> file, const TableSites& sites, ByteSource& bytes) {
  const ReferenceSite& site = sites.references[bytes.index(sites.references.size())];
  const ReferenceSite& other = sites.references[bytes.index(sites.references.size())];
  const std::size_t to = other.at + read<flatbuffers::uoffset_t>(file, other.at);
  if (site.type != other.type || to <= site.at) return;  // distances lead ahead
  const auto distance = static_cast<flatbuffers::uoffset_t>(to - site.at);
  std::memcpy(file.data() + site.at, &distance, sizeof(distance));
}

void change_entry(std::span<std::byte> file, const TableSites& sites, ByteSource& bytes) {
  const EntriesSite& site = sites.entries[bytes.index(sites.entries.size())];
  if (site.count == 0) return;
  const std::size_t at = site.at + bytes.index(site.count) * entry_bytes;
  const std::size_t from = site.at + bytes.index(site.count) * entry_bytes;
  const auto entry =
      bytes.flag() ? read<flatbuffers::voffset_t>(file, from) : flatbuffers::voffset_t{0};
  std::memcpy(file.data() + at, &entry, sizeof(entry));
}

}  // namespace

TableSites find_sites(std::span<const std::byte> file) {
  const auto tables = static_cast<std::size_t>(preamble_of(file).tables_offset);
  Walk walk(file);
  walk.table(tables + read<flatbuffers::uoffset_t>(file, tables), *test_schema::ModelTypeTable());
  return std::move(walk.sites);
}

void change_tables(std::span<std::byte> file, const TableSites& sites, ByteSource& bytes) {
  switch (bytes.below(16)) {
    case 0:
      return redirect(file, sites, bytes);
    case 1:
    case 2:
      return change_entry(file, sites, bytes);
    case 3: {
      const NumberSite& site = sites.lengths[bytes.index(sites.lengths.size())];
      return write_number(file, site, 0,
                          change_number(number_at(file, site, 0), file, sites, bytes));
    }
    default: {
      const NumberSite& site = sites.numbers[bytes.index(sites.numbers.size())];
      const std::size_t i = bytes.index(site.count);
      return write_number(file, site, i,
                          change_number(number_at(file, site, i), file, sites, bytes));
    }
  }
}

}  // namespace ringlet::test
