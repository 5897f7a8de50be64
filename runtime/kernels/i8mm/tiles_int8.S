// INT8 panels times pairs of tokens: see tile.inc.
#include "kernels/i8mm/tile.inc"

  .text

  tile ringlet_i8mm_multiply_int8_2, 0, 2, 0
  tile ringlet_i8mm_multiply_int8_3, 0, 3, 0
  tile ringlet_i8mm_multiply_int8_4, 0, 4, 0
  tile ringlet_i8mm_multiply_int8_5_01, 0, 5, 0
  tile ringlet_i8mm_multiply_int8_5_23, 0, 5, 1
  tile ringlet_i8mm_multiply_int8_6_01, 0, 6, 0
  tile ringlet_i8mm_multiply_int8_6_23, 0, 6, 1
  tile ringlet_i8mm_multiply_int8_7_01, 0, 7, 0
  tile ringlet_i8mm_multiply_int8_7_23, 0, 7, 1
  tile ringlet_i8mm_multiply_int8_8_01, 0, 8, 0
  tile ringlet_i8mm_multiply_int8_8_23, 0, 8, 1

  .section .note.GNU-stack, "", %progbits
