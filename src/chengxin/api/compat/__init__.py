"""Doors with the wire shapes of older platforms, for systems that cannot be changed at once."""
