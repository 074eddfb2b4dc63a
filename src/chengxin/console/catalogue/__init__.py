"""目录管理: proposing, checking and approving changes of the catalogue."""
