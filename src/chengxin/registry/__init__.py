"""信用主体与信用档案: subjects, identity, records and annotations."""
