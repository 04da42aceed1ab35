"""Why there is no tree.

* SyntaxUnavailable
  - GrammarMissing        (the grammar's wheel is not installed; ``package`` names it)
  - GrammarUnusable       (the wheel is there, but this tree-sitter cannot load it)
  - ParseBudgetExceeded   (the text was not parsed, or outlined, in the time that was given)
* LanguageRefused         (what the settings say of a language cannot be)
"""

from __future__ import annotations


class SyntaxUnavailable(Exception):
    """There is no tree for a text; work by lines instead."""


class GrammarMissing(SyntaxUnavailable):
    """The wheel with the grammar of ``language`` is not installed."""

    def __init__(self, language: str, package: str) -> None:
        super().__init__(f"no grammar for {language}: pip install {package}")
        self.language = language
        self.package = package


class GrammarUnusable(SyntaxUnavailable):
    """The wheel with the grammar of ``language`` is of another time than the installed tree-sitter."""

    def __init__(self, language: str, package: str, why: str) -> None:
        super().__init__(f"the grammar for {language} cannot be used: {why}; pip install --upgrade {package}")
        self.language = language
        self.package = package


class ParseBudgetExceeded(SyntaxUnavailable):
    """Parsing, or the outline, took longer than ``budget_s`` seconds and was given up."""

    def __init__(self, language: str, budget_s: float) -> None:
        super().__init__(f"{language} text was not parsed within {budget_s:g} s")
        self.language = language
        self.budget_s = budget_s


class LanguageRefused(ValueError):
    """The settings' row for ``language`` cannot be; ``why`` says what of it."""

    def __init__(self, language: str, why: str) -> None:
        super().__init__(f"language {language!r}: {why}")
        self.language = language
        self.why = why
