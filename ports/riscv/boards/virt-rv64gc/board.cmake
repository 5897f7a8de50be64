set(processors rv64gc)
