"""归集的台面: sending files, reading what became of every row, and judging matches."""
