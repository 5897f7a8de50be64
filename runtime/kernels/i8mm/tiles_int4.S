// INT4 panels times pairs of tokens: see tile.inc.
#include "kernels/i8mm/tile.inc"

  .text

  tile ringlet_i8mm_multiply_int4_2, 1, 2, 0
  tile ringlet_i8mm_multiply_int4_3, 1, 3, 0
  tile ringlet_i8mm_multiply_int4_4, 1, 4, 0
  tile ringlet_i8mm_multiply_int4_5_01, 1, 5, 0
  tile ringlet_i8mm_multiply_int4_5_23, 1, 5, 1
  tile ringlet_i8mm_multiply_int4_6_01, 1, 6, 0
  tile ringlet_i8mm_multiply_int4_6_23, 1, 6, 1
  tile ringlet_i8mm_multiply_int4_7_01, 1, 7, 0
  tile ringlet_i8mm_multiply_int4_7_23, 1, 7, 1
  tile ringlet_i8mm_multiply_int4_8_01, 1, 8, 0
  tile ringlet_i8mm_multiply_int4_8_23, 1, 8, 1

  .section .note.GNU-stack, "", %progbits
