"""窗口: an officer helps somebody who is present to file, and hands them a paper with a query code."""
