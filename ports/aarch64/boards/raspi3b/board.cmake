set(processors aarch64)
