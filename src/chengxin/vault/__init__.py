"""密钥: keys, sealing of personal content, and the keyed blind index."""
