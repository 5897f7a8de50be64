#include "model/table_shapes.hpp"

namespace ringlet {
namespace {

/// Recursive; the verifier limits the depth.
class TableCheck {
 public:
  TableCheck(flatbuffers::Verifier& verifier, std::span<const TableShape> shapes) noexcept
      : verifier_(verifier), shapes_(shapes) {}

  bool table(const std::uint8_t* at, std::size_t shape) noexcept {
    if (!verifier_.VerifyTableStart(at)) return false;
    flatbuffers::voffset_t entry = 2 * sizeof(flatbuffers::voffset_t);
    for (const FieldShape& field : shapes_[shape]) {
      const auto offset =
          reinterpret_cast<const flatbuffers::Table*>(at)->GetOptionalFieldOffset(entry);
      if (offset == 0 ? field.required != 0 : !present(at, offset, field)) return false;
      entry += sizeof(flatbuffers::voffset_t);
    }
    return verifier_.EndTable();
  }

 private:
  bool present(const std::uint8_t* table, flatbuffers::voffset_t offset,
               const FieldShape& field) noexcept {
    const auto form = static_cast<FieldForm>(field.form);
    if (form == FieldForm::scalar) {
      return verifier_.VerifyFieldStruct(table, offset, field.detail, field.detail);
    }
    if (form == FieldForm::sha256) {
      return verifier_.VerifyFieldStruct(table, offset, sizeof(schema::Sha256),
                                         alignof(schema::Sha256));
    }
    return target(table + offset, form, field.detail);
  }

  /// Checks the target of the offset at `at`.
  bool target(const std::uint8_t* at, FieldForm form, std::uint8_t detail) noexcept {
    // A std::size_t, since the type that VerifyOffset() returns differs between releases.
    const std::size_t offset = verifier_.VerifyOffset(at, 0);
    if (offset == 0) return false;
    const std::uint8_t* to = at + offset;
    if (form == FieldForm::table) return table(to, detail);
    if (form == FieldForm::string) {
      return verifier_.VerifyString(reinterpret_cast<const flatbuffers::String*>(to));
    }
    if (form == FieldForm::vector) return vector(to, detail);
    if (!verifier_.VerifyVectorOrString(to, sizeof(flatbuffers::uoffset_t))) return false;
    for (auto count = flatbuffers::ReadScalar<flatbuffers::uoffset_t>(to); count > 0; --count) {
      to += sizeof(flatbuffers::uoffset_t);
      if (!target(to, FieldForm::table, detail)) return false;
    }
    return true;
  }

  /// Checks the alignment of the elements too, which FlatBuffers' verifier leaves unchecked.
  bool vector(const std::uint8_t* at, std::uint8_t element) noexcept {
    constexpr flatbuffers::voffset_t first = sizeof(flatbuffers::uoffset_t);
    return verifier_.VerifyVectorOrString(at, element) &&
           (flatbuffers::ReadScalar<flatbuffers::uoffset_t>(at) == 0 ||
            verifier_.VerifyFieldStruct(at, first, element, element));
  }

  flatbuffers::Verifier& verifier_;
  std::span<const TableShape> shapes_;
};

}  // namespace

bool check_tables(flatbuffers::Verifier& verifier, const std::uint8_t* root,
                  std::span<const TableShape> shapes) noexcept {
  return TableCheck(verifier, shapes).table(root, 0);
}

}  // namespace ringlet
