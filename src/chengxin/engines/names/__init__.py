"""Finding names of organisations by candidates: keys, a compact index of them, and the search in it."""
