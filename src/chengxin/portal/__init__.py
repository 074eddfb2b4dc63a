"""信用网站: the public site and the subject's own pages."""
