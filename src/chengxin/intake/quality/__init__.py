"""归集质量: the months counted, appraised, reminded of and told in a bulletin."""
