/* The layout of ringlet.h's structs as a C compiler has it. */
#ifndef RINGLET_TESTS_C_API_SIZES_H
#define RINGLET_TESTS_C_API_SIZES_H

#include "ringlet/ringlet.h"

#ifdef __cplusplus
extern "C" {
#endif

struct c_layout {
  size_t size;
  size_t last_field;
};
enum { c_layout_count = 50 };
extern const struct c_layout c_layouts[c_layout_count];

#ifdef __cplusplus
}
#endif
#endif
