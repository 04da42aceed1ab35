"""A language server that explains, refactors and fixes code with Kimi."""

__version__ = "0.1.0"
