"""办件: the queue and the page of one case."""
