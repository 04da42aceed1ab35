"""Damaged edits, with what is right decided beforehand: ``python -m tests.damage``."""
