// The second, explicit step of verification: the content of the planes.
#include <cstring>

#include "base/crc32c.hpp"
#include "base/features.hpp"
#include "base/sha256.hpp"
#include "kernels/as_built.hpp"
#include "kernels/packed_layout.hpp"
#include "kernels/row_layout.hpp"
#include "model/invalid_model.hpp"
#include "model/tensors.hpp"
#include "model/weights.hpp"
#include "ringlet/model.hpp"

namespace ringlet {
namespace {

using Plane = std::span<const std::byte>;

Plane slice(Plane data, std::uint64_t offset, std::uint64_t size) {
  return data.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
}

Status fault(const TensorRef& tensor, const char* what) {
  return invalid_model(tensor.name, what).at(tensor.layer);
}

Status check_crc(const TensorRef& tensor, Plane plane, std::uint32_t expected) {
  if (crc32c(plane) == expected) return {};
  return Status(ErrorCode::checksum_mismatch, tensor.name, "damaged (checksum differs)")
      .at(tensor.layer);
}

/// Only for a model whose tables contain all hashes.
Status check_sha256(const TensorRef& tensor, Plane plane, const schema::Sha256* expected) {
  const Sha256Hash found = sha256(plane);
  if (std::memcmp(found.data(), expected->bytes()->data(), found.size()) == 0) return {};
  return Status(ErrorCode::checksum_mismatch, tensor.name, "not what was signed (SHA-256 differs)")
      .at(tensor.layer);
}

Status check_hashes(const TensorRef& tensor, Plane data) {
  if (tensor.vector != nullptr) {
    const schema::Vector& v = *tensor.vector;
    return check_sha256(tensor, slice(data, v.offset(), v.size()), v.sha256());
  }
  const schema::Matrix& m = *tensor.matrix;
  if (m.codes_size() == 0) return {};  // a matrix without rows
  const Status status =
      check_sha256(tensor, slice(data, m.codes_offset(), m.codes_size()), m.codes_sha256());
  if (!status.ok() || m.scales_size() == 0) return status;
  return check_sha256(tensor, slice(data, m.scales_offset(), m.scales_size()), m.scales_sha256());
}

Status check_halves(const TensorRef& tensor, Plane plane) {
  const auto* values = reinterpret_cast<const std::uint16_t*>(plane.data());
  for (std::size_t i = 0; i < plane.size() / sizeof(std::uint16_t); ++i) {
    if ((values[i] & 0x7C00U) == 0x7C00U) {
      return fault(tensor, "a value is not finite");
    }
  }
  return {};
}

Status check_floats(const TensorRef& tensor, Plane plane) {
  const auto* values = reinterpret_cast<const float*>(plane.data());
  for (std::size_t i = 0; i < plane.size() / sizeof(float); ++i) {
    if (!(values[i] - values[i] == 0)) return fault(tensor, "a value is not finite");
  }
  return {};
}

/// 1 if a scale is neither zero nor a normal half of either sign, otherwise 0.
unsigned is_fault(std::uint16_t scale) {
  const unsigned above_denormals = (scale & 0x7FFFU) - 0x0400U;
  return static_cast<unsigned>(above_denormals >= 0x7C00U - 0x0400U) &
         static_cast<unsigned>(scale != 0);
}

/// Scales must be zero or normal halves of either sign, and zero in the padding rows of the last
/// panel. Here and below, loops that do not stop early are vectorized: almost all files are sound.
Status check_scales(const TensorRef& tensor, const PackedMatrix& matrix) {
  const std::size_t group_count = packed::groups(matrix.columns);
  const bool by_rows = features::per_layer && is_by_rows(matrix.format);
  const std::size_t rows = by_rows ? matrix.rows : packed::padded_rows(matrix.rows);
  unsigned faults = 0;
  for (std::size_t i = 0; i < rows * group_count; ++i) faults |= is_fault(matrix.scales[i]);
  if (faults != 0) return fault(tensor, "a scale is denormal or not finite");
  for (std::size_t row = matrix.rows; row < rows; ++row) {
    for (std::size_t g = 0; g < group_count; ++g) {
      if (matrix.scales[packed::scale_index(row, g, group_count)] != 0) {
        return fault(tensor, "a scale in the padding is not zero");
      }
    }
  }
  return {};
}

Status check_int8_codes(const TensorRef& tensor, Plane codes) {
  unsigned char excluded = 0;
  for (const std::byte code : codes) {
    excluded |= static_cast<unsigned char>(code == std::byte{0x80});
  }
  if (excluded != 0) return fault(tensor, "contains the INT8 code -128, which kernels exclude");
  return {};
}

/// Codes in the padding columns of the last group must be zero.
Status check_padding(const TensorRef& tensor, const PackedMatrix& matrix) {
  const std::size_t used = matrix.columns % packed::group_size;
  if (used == 0) return {};
  const std::size_t group_count = packed::groups(matrix.columns);
  if (features::per_layer && is_by_rows(matrix.format)) {
    const bool int4 = matrix.format == MatrixFormat::int4_rows;
    const std::size_t bytes = int4 ? rows::int4_group_bytes : rows::int8_group_bytes;
    for (std::size_t row = 1; row <= matrix.rows; ++row) {
      const std::uint8_t* last = matrix.codes + (row * group_count - 1) * bytes;
      for (std::size_t kk = used; kk < packed::group_size; ++kk) {
        if (rows::code_at(int4, last, kk) != 0) {
          return fault(tensor, "a code in the padding is not zero");
        }
      }
    }
    return {};
  }
  const bool int4 = matrix.format == MatrixFormat::int4;
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    const std::size_t block = packed::block(row / packed::panel_rows, group_count - 1, group_count);
    const std::size_t r = row % packed::panel_rows;
    for (std::size_t kk = used; kk < packed::group_size; ++kk) {
      bool zero = false;
      if (int4) {
        const std::uint8_t byte =
            matrix.codes[block * packed::int4_panel_bytes + packed::int4_byte(r, kk)];
        zero = (kk < 16 ? byte & 15 : byte >> 4) == packed::int4_zero_code;
      } else {
        zero = matrix.codes[block * packed::int8_panel_bytes + packed::int8_byte(r, kk)] == 0;
      }
      if (!zero) return fault(tensor, "a code in the padding is not zero");
    }
  }
  return {};
}

Status check_matrix(const TensorRef& tensor, Plane data) {
  const schema::Matrix& m = *tensor.matrix;
  const Plane codes = slice(data, m.codes_offset(), m.codes_size());
  Status status = check_crc(tensor, codes, m.codes_crc32c());
  if (!status.ok()) return status;
  const PackedMatrix matrix = view(m, data);
  if (is_f32(matrix.format)) {
    return check_floats(tensor, codes);
  }
  if (is_f16(matrix.format)) {
    return check_halves(tensor, codes);
  }
  status = check_crc(tensor, slice(data, m.scales_offset(), m.scales_size()), m.scales_crc32c());
  if (status.ok()) status = check_scales(tensor, matrix);
  const bool int8 = matrix.format == MatrixFormat::int8 || matrix.format == MatrixFormat::int8_rows;
  if (status.ok() && int8) status = check_int8_codes(tensor, codes);
  if (status.ok()) status = check_padding(tensor, matrix);
  return status;
}

/// A state must not grow by itself.
Status check_decay(const TensorRef& tensor, Plane plane) {
  const auto* values = reinterpret_cast<const float*>(plane.data());
  for (std::size_t i = 0; i < plane.size() / sizeof(float); ++i) {
    if (values[i] > 0) return fault(tensor, "a value is positive");
  }
  return {};
}

Status check_vector(const TensorRef& tensor, Plane data) {
  const Plane plane = slice(data, tensor.vector->offset(), tensor.vector->size());
  Status status = check_crc(tensor, plane, tensor.vector->crc32c());
  if (status.ok()) status = check_floats(tensor, plane);
  if (features::recurrent && status.ok() && tensor.is_decay) status = check_decay(tensor, plane);
  return status;
}

}  // namespace

Status Model::verify_data(void (*progress)(void*, std::uint64_t, std::uint64_t),
                          void* user_data) const noexcept {
  std::uint64_t done = 0;
  return for_each_tensor(*tables_, architecture_, [&](const TensorRef& tensor) {
    Status status =
        tensor.matrix != nullptr ? check_matrix(tensor, data()) : check_vector(tensor, data());
    if (features::signatures && requires_sha256_ && status.ok()) {
      status = check_hashes(tensor, data());
    }
    done += tensor.matrix != nullptr ? tensor.matrix->codes_size() + tensor.matrix->scales_size()
                                     : tensor.vector->size();
    if (progress != nullptr) progress(user_data, done, data().size());
    return status;
  });
}

}  // namespace ringlet
