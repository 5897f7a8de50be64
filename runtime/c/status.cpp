#include "ringlet/status.hpp"

#include "c/convert.hpp"

size_t ringlet_status_describe(const ringlet_status* status, char* buffer, size_t size) {
  if (size == 0) return 0;
  const auto line = ringlet::describe(ringlet::c::from_c(*status), {buffer, size - 1});
  buffer[line.size()] = 0;
  return line.size();
}
