// Where the planes of all tensors lie, and how large they are.
#include "base/features.hpp"
#include "kernels/packed_layout.hpp"
#include "kernels/row_layout.hpp"
#include "model/file_format.hpp"
#include "model/invalid_model.hpp"
#include "model/tensors.hpp"
#include "model/verify.hpp"

namespace ringlet {
namespace {

/// Follows the planes through the data segment. Each must begin at or after the end of the previous
/// one.
class PlaneCheck {
 public:
  explicit PlaneCheck(std::uint64_t segment_size) : segment_size_(segment_size) {}

  Status plane(const TensorRef& tensor, std::uint64_t offset, std::uint64_t size,
               std::uint64_t expected) {
    const auto fault = [&](const char* what) {
      return invalid_model(tensor.name, what).at(tensor.layer);
    };
    if (size != expected) return fault("wrong plane size in bytes").with(expected, size);
    if (offset % file::plane_alignment != 0) {
      return fault("a plane must be aligned to 64 bytes").got(offset);
    }
    if (size > segment_size_ || offset > segment_size_ - size) {
      return fault("a plane is outside the data segment").got(offset);
    }
    if (offset < end_)
      return fault("a plane overlaps another or is out of order").with(end_, offset);
    end_ = offset + size;
    return {};
  }

 private:
  std::uint64_t segment_size_;
  std::uint64_t end_ = 0;
};

Status check_matrix(const TensorRef& tensor, PlaneCheck& planes) {
  const schema::Matrix& m = *tensor.matrix;
  const auto fault = [&](const char* what) {
    return invalid_model(tensor.name, what).at(tensor.layer);
  };
  if (m.rows() != tensor.rows) {
    return fault("wrong number of rows").with(tensor.rows, m.rows());
  }
  if (m.columns() != tensor.columns) {
    return fault("wrong number of columns").with(tensor.columns, m.columns());
  }
  const bool f32 = m.format() == schema::MatrixFormat::f32;
  if (f32 || m.format() == schema::MatrixFormat::f16) {
    return planes.plane(tensor, m.codes_offset(), m.codes_size(),
                        std::uint64_t{m.rows()} * m.columns() * (f32 ? 4 : 2));
  }
  const auto format = static_cast<MatrixFormat>(m.format());
  const bool by_rows = features::per_layer && is_by_rows(format);
  const bool int4 = format == MatrixFormat::int4 || (by_rows && format == MatrixFormat::int4_rows);
  if (m.format() > schema::MatrixFormat::MAX ||
      (!by_rows && !int4 && m.format() != schema::MatrixFormat::int8)) {
    return Status(ErrorCode::unsupported, tensor.name, "unknown matrix format").at(tensor.layer);
  }
  if (m.group() != packed::group_size) {
    return fault("wrong group size").with(packed::group_size, m.group());
  }
  if (by_rows != tensor.is_table) {
    return Status(ErrorCode::unsupported, tensor.name,
                  by_rows ? "only a table can be stored by rows" : "a table is stored by rows")
        .at(tensor.layer);
  }
  if (by_rows) {
    Status status = planes.plane(tensor, m.codes_offset(), m.codes_size(),
                                 rows::code_bytes(int4, m.rows(), m.columns()));
    if (!status.ok()) return status;
    return planes.plane(tensor, m.scales_offset(), m.scales_size(),
                        rows::scale_bytes(m.rows(), m.columns()));
  }
  const std::uint64_t codes =
      int4 ? packed::int4_bytes(m.rows(), m.columns()) : packed::int8_bytes(m.rows(), m.columns());
  Status status = planes.plane(tensor, m.codes_offset(), m.codes_size(), codes);
  if (!status.ok()) return status;
  return planes.plane(tensor, m.scales_offset(), m.scales_size(),
                      packed::scale_bytes(m.rows(), m.columns()));
}

Status check_vector(const TensorRef& tensor, PlaneCheck& planes) {
  const schema::Vector& v = *tensor.vector;
  if (v.length() != tensor.rows) {
    return invalid_model(tensor.name, "wrong length")
        .at(tensor.layer)
        .with(tensor.rows, v.length());
  }
  return planes.plane(tensor, v.offset(), v.size(), std::uint64_t{v.length()} * sizeof(float));
}

}  // namespace

Status verify_tensors(const schema::Model& model, const Architecture& architecture,
                      std::span<const std::byte> data) noexcept {
  PlaneCheck planes(data.size());
  return for_each_tensor(model, architecture, [&](const TensorRef& tensor) {
    return tensor.matrix != nullptr ? check_matrix(tensor, planes) : check_vector(tensor, planes);
  });
}

}  // namespace ringlet
