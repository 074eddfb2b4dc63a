"""自动比对: whether subjects stand on lists or under measures that count for one matter, today."""
