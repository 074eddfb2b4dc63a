"""办件: one engine for every statutory case."""
