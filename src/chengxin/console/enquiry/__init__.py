"""The enquirer's desk: choose a purpose, say on which basis, get the least that answers."""
