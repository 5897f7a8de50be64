"""A seeded story grammar: short original stories that need a long memory."""
