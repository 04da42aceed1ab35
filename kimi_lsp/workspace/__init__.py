"""The folder on disk: what may be read, and what open documents make of it."""
