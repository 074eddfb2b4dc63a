"""出具信用报告的台面: one report under its basis, or a batch of organisations, printed at the desk."""
