#include "ringlet/formats.hpp"

namespace ringlet {

const char* name_of(MatrixFormat format) noexcept {
  switch (format) {
    case MatrixFormat::f32:
      return "f32";
    case MatrixFormat::f16:
      return "f16";
    case MatrixFormat::int8:
      return "int8";
    case MatrixFormat::int4:
      return "int4";
    case MatrixFormat::int8_rows:
      return "int8 by rows";
    case MatrixFormat::int4_rows:
      return "int4 by rows";
  }
  return "unknown";
}

const char* name_of(KvFormat format) noexcept {
  switch (format) {
    case KvFormat::f32:
      return "f32";
    case KvFormat::f16:
      return "f16";
    case KvFormat::int8:
      return "int8";
    case KvFormat::int4:
      return "int4";
  }
  return "unknown";
}

}  // namespace ringlet
