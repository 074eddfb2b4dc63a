"""主动修复的台面: the key figure, and confirming that a duty was performed."""
