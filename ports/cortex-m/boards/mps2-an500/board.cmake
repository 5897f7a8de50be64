set(processors cortex-m7)
