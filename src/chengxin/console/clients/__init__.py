"""接口客户端的台面: which systems speak for which units, by token or by a pinned key."""
