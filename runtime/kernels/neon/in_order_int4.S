// An INT4 panel times one vector on aarch64. The contract is in in_order.hpp, the order of
// instructions in in_order.inc.
//
// Two quads, q0 and q1, are processed together. Their four registers of sums cover the latency if
// every round of four multiplications is paired with two instructions that unpack codes for a later
// round. Round 2j multiplies the low nibbles of bytes 16j… of a line by word j, round 2j + 1 the
// high nibbles by word 4 + j.
#include "kernels/neon/in_order.inc"

  .text

// void ringlet_neon_int4_panel(codes, scales, x.codes, x.scales, x.offsets, groups, y, ahead)
codes     .req x0
scales    .req x1
x_codes   .req x2
x_scales  .req x3
x_offsets .req x4
groups    .req x5
y         .req x6

// Addresses of a group's codes, by quad and half of the line. next_group is q0_half0 of pair 0.
p0_q0_half1 .req x7
p0_q1_half1 .req x8
p1_q0_half0 .req x9
p1_q1_half0 .req x10
p1_q0_half1 .req x11
p1_q1_half1 .req x12
next_q0     .req x13
next_q1     .req x14
next_x      .req x15
next_x_16   .req x16

// Bytes 16j… of a line. Its halves, j = 0, 1 and j = 2, 3, are loaded at different times.
q0_bytes0 .req v0
q0_bytes1 .req v1
q1_bytes0 .req v2
q1_bytes1 .req v3
q0_bytes2 .req v4
q0_bytes3 .req v5
q1_bytes2 .req v6
q1_bytes3 .req v7

q0_low  .req v16
q1_low  .req v17
fifteen .req v18

q0_01 .req v19
q0_23 .req v20
q1_01 .req v21
q1_23 .req v22

// Of the previous pair.
q0_dot   .req v23
q1_dot   .req v24
q0_scale .req v25
q1_scale .req v26
x_scale  .req v27
// The start of the dots shares registers with second halves, which are loaded after its use.
q0_start .req v4
q1_start .req v6

.macro unpack_low j
  and q0_low.16b, q0_bytes\j\().16b, fifteen.16b
  and q1_low.16b, q1_bytes\j\().16b, fifteen.16b
.endm

// In place.
.macro unpack_high j
  ushr q0_bytes\j\().16b, q0_bytes\j\().16b, #4
  ushr q1_bytes\j\().16b, q1_bytes\j\().16b, #4
.endm

// One round: SMULL starts the sums, SMLAL adds to them.
.macro multiply instruction, q0, q1, word
  \instruction    q0_01.8h, \q0\().8b, \word\().8b
  \instruction\()2 q0_23.8h, \q0\().16b, \word\().16b
  \instruction    q1_01.8h, \q1\().8b, \word\().8b
  \instruction\()2 q1_23.8h, \q1\().16b, \word\().16b
.endm

// Converts the dots of a finished pair, in steps at least six instructions apart: lanes of rows in
// pairs, one lane per row, float; meanwhile the product of the scales.
.macro add_lane_pairs
  addp q0_dot.8h, q0_01.8h, q0_23.8h
  addp q1_dot.8h, q1_01.8h, q1_23.8h
.endm
.macro add_lanes_to_start
  sadalp q0_start.4s, q0_dot.8h
  sadalp q1_start.4s, q1_dot.8h
.endm
.macro dots_to_float
  scvtf q0_dot.4s, q0_start.4s
  scvtf q1_dot.4s, q1_start.4s
.endm
.macro scales_to_float
  fcvtl2 q1_scale.4s, q0_scale.8h
  fcvtl  q0_scale.4s, q0_scale.4h
.endm
.macro multiply_scales
  fmul q0_scale.4s, q0_scale.4s, x_scale.4s
  fmul q1_scale.4s, q1_scale.4s, x_scale.4s
.endm
.macro add_to_sums sum_q0, sum_q1
  fmla \sum_q0\().4s, q0_dot.4s, q0_scale.4s
  fmla \sum_q1\().4s, q1_dot.4s, q1_scale.4s
.endm

// Inputs of the floating-point part of a pair, loaded when its products are done.
.macro load_scales offset
  ldr  q25, [scales, #\offset]                   // q0_scale: eight halves
  ld1r {v27.4s}, [x_scales]                      // x_scale
  ld1r {v4.4s}, [x_offsets]                      // q0_start
  ld1r {v6.4s}, [x_offsets]                      // q1_start
.endm

// Two quads times one group. The low nibbles of bytes 0 are already unpacked. Adds the previous
// pair to its sums, and loads the second halves of its own lines and the first halves of the next
// pair's.
.macro multiply_pair q0_half1, q1_half1, next_q0, next_q1, sum_q0, sum_q1, last
  unpack_high 0
  scales_to_float
  add_lane_pairs
  multiply smull, q0_low, q1_low, word0

  unpack_low 1
  add_lanes_to_start
  multiply smlal, q0_bytes0, q1_bytes0, word4

  unpack_high 1
  dots_to_float
  ld1 {v4.16b, v5.16b}, [\q0_half1]              // q0_bytes2, q0_bytes3
  multiply smlal, q0_low, q1_low, word1
  ld1 {v6.16b, v7.16b}, [\q1_half1]              // q1_bytes2, q1_bytes3

  multiply_scales
  multiply smlal, q0_bytes1, q1_bytes1, word5
  unpack_low 2

  ld1 {v0.16b, v1.16b}, [\next_q0]               // q0_bytes0, q0_bytes1
  unpack_high 2
  add_to_sums \sum_q0, \sum_q1
  multiply smlal, q0_low, q1_low, word2
  ld1 {v2.16b, v3.16b}, [\next_q1]               // q1_bytes0, q1_bytes1

  unpack_low 3
  multiply smlal, q0_bytes2, q1_bytes2, word6

  unpack_high 3
  multiply smlal, q0_low, q1_low, word3
  .if \last
  load_words_0123
  .endif

  unpack_low 0
  multiply smlal, q0_bytes3, q1_bytes3, word7
  .if \last
  load_words_4567
  .endif
.endm

  enter ringlet_neon_int4_panel, x7
  cbz groups, 2f
  // The first pair of the first group. The pair before it adds zero.
  movi fifteen.16b, #15
  add next_q1, codes, #64
  mov next_x, x_codes
  add next_x_16, x_codes, #16
  ld1 {v0.16b, v1.16b}, [codes]
  ld1 {v2.16b, v3.16b}, [next_q1]
  load_words_0123
  load_words_4567
  unpack_low 0
  .irp register, q0_01, q0_23, q1_01, q1_23, q0_start, q1_start, q0_scale, x_scale
  clear \register
  .endr

1:
  subs groups, groups, #1                        // "ne" below: another group follows
  add  fetched, codes, ahead
  prfm pldl1keep, [fetched]
  add  p0_q0_half1, codes, #32
  prfm pldl1keep, [fetched, #64]
  add  p0_q1_half1, codes, #96
  prfm pldl1keep, [fetched, #128]
  add  p1_q0_half0, codes, #128
  prfm pldl1keep, [fetched, #192]
  add  p1_q1_half0, codes, #192
  add  p1_q0_half1, codes, #160
  add  p1_q1_half1, codes, #224
  add  next_q0, codes, #256
  add  next_x, x_codes, #32
  csel codes, next_q0, codes, ne
  csel x_codes, next_x, x_codes, ne
  mov  next_q0, codes
  mov  next_x, x_codes
  add  next_q1, codes, #64
  add  next_x_16, x_codes, #16
  multiply_pair p0_q0_half1, p0_q1_half1, p1_q0_half0, p1_q1_half0, sum2, sum3, 0
  load_scales 0
  multiply_pair p1_q0_half1, p1_q1_half1, next_q0, next_q1, sum0, sum1, 1
  load_scales 16
  add  scales, scales, #32
  add  x_scales, x_scales, #4
  add  x_offsets, x_offsets, #4
  cbnz groups, 1b

  scales_to_float
  add_lane_pairs
  add_lanes_to_start
  multiply_scales
  dots_to_float
  add_to_sums sum2, sum3
2:
  leave ringlet_neon_int4_panel, y

  .section .note.GNU-stack, "", %progbits
