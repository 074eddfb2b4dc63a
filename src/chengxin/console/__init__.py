"""管理后台: the desks."""
