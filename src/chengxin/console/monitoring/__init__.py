"""审计台: what was looked at, by whom and for what; the review tickets; and what units say to them."""
