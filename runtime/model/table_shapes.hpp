// The fields of the tables of a FlatBuffers schema, one byte each, which the compiler derives from
// flatc's static reflection. A walk over them checks a buffer like the verifiers that flatc
// generates, and takes 4 KB less flash.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include "schema/ringlet_generated.h"

namespace ringlet {

enum class FieldForm : std::uint8_t { scalar, sha256, string, vector, table, tables };

struct FieldShape {
  std::uint8_t form : 3;      // a FieldForm
  std::uint8_t required : 1;  // never set for a scalar
  std::uint8_t detail : 4;  // bytes of the scalar or element, or the table's index among the shapes
};
static_assert(sizeof(FieldShape) == 1);

/// The fields of one table, in the order of the schema.
using TableShape = std::span<const FieldShape>;

/// One table of a schema, and which of its fields (by their VT_… offsets) are required.
template <typename T, bool (*is_required)(flatbuffers::voffset_t)>
struct TableOf {
  using Type = T;
  static constexpr auto required = is_required;
};

template <flatbuffers::voffset_t... required>
constexpr bool is_one_of(flatbuffers::voffset_t field) {
  return ((field == required) || ...);
}

/// The shapes of all tables that can be reached from the first. Field i has the offset 4 + 2·i,
/// because our schemas have neither ids nor deprecated fields.
template <typename... Tables>
class SchemaShapes {
  static_assert(sizeof...(Tables) <= 16, "FieldShape::detail has four bits");

  template <typename Element>
  static Element element_of(const flatbuffers::Vector<Element>*);
  template <typename T>
  static T element_of(const flatbuffers::Vector<flatbuffers::Offset<T>>*);

  template <typename T>
  static constexpr std::uint8_t index_of() {
    static_assert((std::is_same_v<T, typename Tables::Type> || ...), "a table is not listed");
    std::uint8_t index = 0;
    (void)((std::is_same_v<T, typename Tables::Type> || (++index, false)) || ...);
    return index;
  }

  /// Derives the form from the type that the field's getter returns.
  template <typename Getter>
  static constexpr std::pair<FieldForm, std::size_t> form_of() {
    using T = std::remove_cv_t<std::remove_pointer_t<Getter>>;
    if constexpr (!std::is_pointer_v<Getter>) {
      static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T>);
      return {FieldForm::scalar, sizeof(T)};
    } else if constexpr (std::is_same_v<T, schema::Sha256>) {
      return {FieldForm::sha256, 0};
    } else if constexpr (std::is_same_v<T, flatbuffers::String>) {
      return {FieldForm::string, 1};
    } else if constexpr (std::is_base_of_v<flatbuffers::Table, T>) {
      return {FieldForm::table, index_of<T>()};
    } else {
      using Element = decltype(element_of(std::declval<Getter>()));
      if constexpr (std::is_base_of_v<flatbuffers::Table, Element>) {
        return {FieldForm::tables, index_of<Element>()};
      } else {
        static_assert(std::is_arithmetic_v<Element> || std::is_enum_v<Element>);
        return {FieldForm::vector, sizeof(Element)};
      }
    }
  }

  template <typename Table, std::size_t... field>
  static constexpr auto fields_of(std::index_sequence<field...> /*all*/) {
    const auto shape = [](std::size_t index, std::pair<FieldForm, std::size_t> form) {
      FieldShape result{};
      result.form = static_cast<std::uint8_t>(form.first) & 7U;
      result.required = Table::required(static_cast<flatbuffers::voffset_t>(4 + 2 * index));
      result.detail = form.second & 15U;
      return result;
    };
    return std::array{
        shape(field, form_of<typename Table::Type::Traits::template FieldType<field>>())...};
  }

  template <typename Table>
  static constexpr auto fields =
      fields_of<Table>(std::make_index_sequence<Table::Type::Traits::fields_number>());

 public:
  static constexpr TableShape all[] = {fields<Tables>...};
};

/// Whether `root`, a table of the first of these shapes, and all tables reachable from it stay
/// within the verifier's buffer and have their required fields.
[[nodiscard]] bool check_tables(flatbuffers::Verifier& verifier, const std::uint8_t* root,
                                std::span<const TableShape> shapes) noexcept;

}  // namespace ringlet
