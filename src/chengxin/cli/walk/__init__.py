"""演示: one record's whole life, each step checking its own outcome."""
