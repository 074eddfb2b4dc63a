"""删除与代理: requests for erasure and proofs of power, as officers see them."""
