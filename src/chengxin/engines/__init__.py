"""计算引擎: one meaning of a tabular job, run plainly or by columns."""
