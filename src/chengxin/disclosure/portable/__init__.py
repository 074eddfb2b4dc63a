"""可携带报告: credit reports that their holders carry away and show in parts, checked by anybody without us."""
