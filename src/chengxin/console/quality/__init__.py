"""归集质量: how well each source files, month by month, as the source itself and the centre see it."""
