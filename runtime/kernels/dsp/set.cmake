# Scheduling before registers are given out makes gcc 12 spill; the other option is for halves.
ringlet_kernel_set(PROCESSOR "cortex-m(4|7|33|33-nofpu)" SOURCES kernels.cpp OPTIONS -fno-schedule-insns -mfp16-format=ieee)
