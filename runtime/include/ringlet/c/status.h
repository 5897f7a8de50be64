/* How every call reports what went wrong: ringlet/status.hpp. */
#ifndef RINGLET_C_STATUS_H
#define RINGLET_C_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ringlet_error {
  RINGLET_OK = 0,
  RINGLET_INVALID_ARGUMENT,
  RINGLET_INVALID_MODEL,
  RINGLET_UNSUPPORTED,
  RINGLET_NOT_ENOUGH_MEMORY,
  RINGLET_OUT_OF_RANGE,
  RINGLET_CHECKSUM_MISMATCH,
  RINGLET_CANCELLED,
  RINGLET_INVALID_IMAGE,
  RINGLET_NOT_FINITE,
  RINGLET_NOT_TRUSTED
} ringlet_error;

/* `what` was wrong `where`; both are static texts. `index` is the layer or entry at fault, or -1.
   The numbers are valid where has_numbers says so. */
typedef struct ringlet_status {
  uint64_t needed;
  uint64_t actual;
  int64_t index;
  const char* what;
  const char* where;
  ringlet_error code;
  bool has_numbers;
} ringlet_status;

/* Writes a status as one line and a terminating zero into `size` bytes, cutting it where they end.
   Returns the characters written, without the zero. */
size_t ringlet_describe(const ringlet_status* status, char* buffer, size_t size);

/* A text that ends after `size` bytes and not with a zero. */
typedef struct ringlet_text {
  const char* data;
  size_t size;
} ringlet_text;

/* Memory of the caller. */
typedef struct ringlet_span {
  void* data;
  size_t size;
} ringlet_span;

#ifdef __cplusplus
}
#endif
#endif
