# QEMU has no board of the M0+ with enough memory; its instructions are among those of the M3.
set(processors cortex-m3 cortex-m0plus)
