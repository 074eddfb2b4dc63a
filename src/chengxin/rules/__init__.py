"""规则: pure functions; no Django, no clock, no disk, no chance."""
