"""Template tags of the desks."""
