"""Chengxin 诚信: an open platform for public-credit information, lawful by construction."""
