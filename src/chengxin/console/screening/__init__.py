"""The desk of screening: choose a matter, give codes, see hits, report what was done about them."""
