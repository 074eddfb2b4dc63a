"""Exchange in: signed and encrypted messages between a department's system and the platform, with pinned keys."""
