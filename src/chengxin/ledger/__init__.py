"""存证: the append-only transparency log, its tiles, checkpoints and proofs."""
