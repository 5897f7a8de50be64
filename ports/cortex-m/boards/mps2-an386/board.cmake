set(processors cortex-m4)
