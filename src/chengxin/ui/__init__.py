"""设计系统: tokens, components, formats and template tags."""
