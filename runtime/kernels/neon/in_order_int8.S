// An INT8 panel times one vector on aarch64. The contract is in in_order.hpp, the order of
// instructions in in_order.inc.
//
// One quad at a time, whose group is two lines of four words. Products of two words are added in
// int16; a, b, c, d are the pairs of words 0 and 1, 2 and 3, 4 and 5, 6 and 7. While a pair is
// multiplied, the pair begun two pairs earlier is widened and added to the sums of its quad. The
// first line of a quad thus finishes the previous quad.
#include "kernels/neon/in_order.inc"

  .text

// void ringlet_neon_int8_panel(codes, scales, x.codes, x.scales, groups, y, ahead)
codes    .req x0
scales   .req x1
x_codes  .req x2
x_scales .req x3
groups   .req x4
y        .req x5

// Addresses of a group's lines, by quad.
q1_line0   .req x6
q1_line1   .req x7
q2_line0   .req x8
q2_line1   .req x9
q3_line0   .req x10
q3_line1   .req x11
next_line0 .req x12
next_line1 .req x13
next_x     .req x15
next_x_16  .req x16

// The codes of a line's words: v0–v3 line 0, v4–v7 line 1.
codes0 .req v0
codes1 .req v1
codes2 .req v2
codes3 .req v3
codes4 .req v4
codes5 .req v5
codes6 .req v6
codes7 .req v7

a_01 .req v16
a_23 .req v17
b_01 .req v18
b_23 .req v19
c_01 .req v20
c_23 .req v21
d_01 .req v22
d_23 .req v23

quad_01 .req v24
quad_23 .req v25

// Of the previous quad.
dot     .req v26
x_scale .req v26   // no longer needed when the dot is ready
scale   .req v27

// SMULL starts the sums of a pair of words, SMLAL adds to them.
.macro multiply instruction, pair, codes, word
  \instruction    \pair\()_01.8h, \codes\().8b, \word\().8b
  \instruction\()2 \pair\()_23.8h, \codes\().16b, \word\().16b
.endm

// SADDLP starts the sums of a quad, SADALP adds to them.
.macro widen instruction, pair
  \instruction quad_01.4s, \pair\()_01.8h
  \instruction quad_23.4s, \pair\()_23.8h
.endm

// One quad times one group. Adds the previous quad to its sum and loads the next quad's lines.
.macro multiply_quad next_line0, next_line1, sum_before, scale_offset
  multiply smull, a, codes0, word0
  widen sadalp, c
  multiply smull, b, codes2, word2
  fcvtl scale.4s, scale.4h
  multiply smlal, a, codes1, word1
  widen sadalp, d
  multiply smlal, b, codes3, word3
  fmul scale.4s, scale.4s, x_scale.4s
  ld1 {v0.16b, v1.16b, v2.16b, v3.16b}, [\next_line0]

  multiply smull, c, codes4, word4
  addp dot.4s, quad_01.4s, quad_23.4s
  widen saddlp, a
  multiply smull, d, codes6, word6
  multiply smlal, c, codes5, word5
  scvtf dot.4s, dot.4s
  widen sadalp, b
  multiply smlal, d, codes7, word7
  fmla \sum_before\().4s, dot.4s, scale.4s
  ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [\next_line1]
  ldr  d27, [scales, #\scale_offset]             // scale: four halves
  ld1r {v26.4s}, [x_scales]                      // x_scale
.endm

  enter ringlet_neon_int8_panel, x6
  cbz groups, 2f
  // The lines of the first quad. The quad before it adds zero.
  add next_line1, codes, #64
  mov next_x, x_codes
  add next_x_16, x_codes, #16
  ld1 {v0.16b, v1.16b, v2.16b, v3.16b}, [codes]
  ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [next_line1]
  load_words_0123
  load_words_4567
  .irp register, c_01, c_23, d_01, d_23, quad_01, quad_23, scale, x_scale
  clear \register
  .endr

1:
  subs groups, groups, #1                        // "ne" below: another group follows
  add  fetched, codes, ahead
  prfm pldl1keep, [fetched]
  add  q1_line0, codes, #128
  prfm pldl1keep, [fetched, #64]
  add  q1_line1, codes, #192
  prfm pldl1keep, [fetched, #128]
  add  q2_line0, codes, #256
  prfm pldl1keep, [fetched, #192]
  add  q2_line1, codes, #320
  prfm pldl1keep, [fetched, #256]
  add  q3_line0, codes, #384
  prfm pldl1keep, [fetched, #320]
  add  q3_line1, codes, #448
  prfm pldl1keep, [fetched, #384]
  add  next_line0, codes, #512
  prfm pldl1keep, [fetched, #448]
  add  next_x, x_codes, #32
  csel codes, next_line0, codes, ne
  csel x_codes, next_x, x_codes, ne
  mov  next_line0, codes
  mov  next_x, x_codes
  add  next_line1, codes, #64
  add  next_x_16, x_codes, #16
  multiply_quad q1_line0, q1_line1, sum3, 0
  multiply_quad q2_line0, q2_line1, sum0, 8
  multiply_quad q3_line0, q3_line1, sum1, 16
  multiply_quad next_line0, next_line1, sum2, 24
  load_words_0123
  load_words_4567
  add  scales, scales, #32
  add  x_scales, x_scales, #4
  cbnz groups, 1b

  widen sadalp, c
  widen sadalp, d
  fcvtl scale.4s, scale.4h
  fmul  scale.4s, scale.4s, x_scale.4s
  addp  dot.4s, quad_01.4s, quad_23.4s
  scvtf dot.4s, dot.4s
  fmla  sum3.4s, dot.4s, scale.4s
2:
  leave ringlet_neon_int8_panel, y

  .section .note.GNU-stack, "", %progbits
