set(processors rv64gcv)
