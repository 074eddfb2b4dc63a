"""违规查询的规则: what in the log of reads is worth a question to the unit, one file a rule, each with its reason."""
