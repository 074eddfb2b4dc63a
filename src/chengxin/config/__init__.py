"""Wiring: settings, URLs, and which engine runs."""
