set(processors rv32imac)
