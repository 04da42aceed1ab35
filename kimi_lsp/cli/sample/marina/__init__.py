"""Berths, boats and bills of a small marina."""
