set(processors rv32imafc)
