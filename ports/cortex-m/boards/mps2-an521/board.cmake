# A board of the M33 with neither float unit nor DSP extension. QEMU has none of the M23 with enough memory; its
# instructions are among those of the M33.
set(processors cortex-m23)
