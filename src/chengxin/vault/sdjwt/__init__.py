"""SD-JWT (RFC 9901) and the Token Status List, issued and checked with keys that are given as arguments."""
