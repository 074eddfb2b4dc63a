"""共享接收方的台面: contracts, addresses and keys of those who take the feed."""
