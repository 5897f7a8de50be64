# For every processor, because the list of ringlet/kernel_sets.h offers it where there is no better one.
ringlet_kernel_set(PROCESSOR ".*" SOURCES kernels.cpp GCC_OPTIONS -fno-schedule-insns)
