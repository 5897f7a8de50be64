set(processors cortex-m55)
