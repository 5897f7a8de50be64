/* Error handling. The contracts are in ringlet/status.hpp. */
#ifndef RINGLET_C_STATUS_H
#define RINGLET_C_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The kind of an error. */
typedef enum ringlet_error {
  RINGLET_OK = 0,
  RINGLET_INVALID_ARGUMENT,
  RINGLET_INVALID_MODEL,
  RINGLET_UNSUPPORTED,
  RINGLET_NOT_ENOUGH_MEMORY,
  RINGLET_OUT_OF_RANGE,
  RINGLET_CHECKSUM_MISMATCH,
  RINGLET_CANCELLED,
  RINGLET_INVALID_SNAPSHOT,
  RINGLET_NOT_FINITE,
  RINGLET_NOT_TRUSTED
} ringlet_error;

/* What the two numbers of a status say. */
typedef enum ringlet_numbers {
  RINGLET_NUMBERS_NONE = 0,
  RINGLET_NUMBERS_NEEDS,   /* `needed` is required: a minimum, or the exact value */
  RINGLET_NUMBERS_AT_MOST, /* `needed` is the largest value that is accepted */
  RINGLET_NUMBERS_GOT      /* only `actual` says something */
} ringlet_numbers;

/* The outcome of a call. `what` says what is wrong and how to fix it, `where` names the field or
   argument at fault; both are static text. `index` is the layer or entry at fault, or -1. If
   `setting` is not null, the check passes with `suggestion` as the value of that setting. */
typedef struct ringlet_status {
  uint64_t needed;
  uint64_t actual;
  int64_t index;
  const char* what;
  const char* where;
  const char* setting;
  uint32_t suggestion;
  ringlet_error code;
  ringlet_numbers numbers;
} ringlet_status;

/* Writes a status as one line into `size` bytes, truncated if necessary and terminated with zero.
   Returns the number of characters written, without the zero. */
size_t ringlet_status_describe(const ringlet_status* status, char* buffer, size_t size);

/* Text of `size` bytes, not terminated with zero. */
typedef struct ringlet_text {
  const char* data;
  size_t size;
} ringlet_text;

/* Bytes that are only read. */
typedef struct ringlet_bytes {
  const void* data;
  size_t size;
} ringlet_bytes;

/* Memory that the caller provides. */
typedef struct ringlet_span {
  void* data;
  size_t size;
} ringlet_span;

#ifdef __cplusplus
}
#endif
#endif
