#include "ringlet/status.hpp"

#include "c/convert.hpp"

size_t ringlet_describe(const ringlet_status* status, char* buffer, size_t size) {
  if (size == 0) return 0;
  ringlet::Status whole(static_cast<ringlet::ErrorCode>(status->code), status->where, status->what);
  if (status->has_numbers) whole = whole.with(status->needed, status->actual);
  const auto line = ringlet::describe(whole.at(status->index), {buffer, size - 1});
  buffer[line.size()] = 0;
  return line.size();
}
