"""How many tokens a text is: a guess by its language, corrected by what the service reports."""

from __future__ import annotations

from dataclasses import dataclass

from kimi_lsp.context.window import size

BYTES_PER_TOKEN = 3.5
"""A careful average for source code with a vocabulary of Kimi's size. Bytes of UTF-8, not characters: Chinese text
has about 1.2 characters a token, and so 3.5 bytes."""

BY_LANGUAGE = {
    "python": 3.6,
    "javascript": 3.4,
    "javascriptreact": 3.3,
    "typescript": 3.5,
    "typescriptreact": 3.3,
    "java": 3.8,
    "kotlin": 3.6,
    "scala": 3.6,
    "csharp": 3.7,
    "go": 3.2,
    "rust": 3.3,
    "c": 3.1,
    "cpp": 3.1,
    "zig": 3.1,
    "ruby": 3.5,
    "php": 3.4,
    "swift": 3.5,
    "lua": 3.3,
    "shellscript": 3.0,
    "haskell": 3.2,
    "ocaml": 3.1,
    "sql": 3.3,
    "html": 3.0,
    "css": 2.9,
    "json": 2.8,
    "yaml": 3.0,
    "toml": 3.0,
    "markdown": 4.0,
}
"""On the careful side of what byte-pair vocabularies of 100,000 to 200,000 pieces make of source code."""

SMOOTHING = 0.3
"""How much one turn's report counts against all before it."""

LOWEST, HIGHEST = 0.6, 1.8
"""Factors beyond these are no matter of the vocabulary: somebody else's tokens were counted."""

STEP = 0.05
"""Factors are rounded to this, so that prompts, and with them the provider's cache, do not change at every turn."""

MATTERS = 200
"""Tokens below which a report says nothing."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a text counts; a value that learns: ``corrected`` gives the one to go on with.

    ``factor`` is what the table's guess is multiplied with, ``exact`` the same before it was rounded.
    """

    exact: float = 1.0

    @property
    def factor(self) -> float:
        """``exact`` in steps."""
        return round(round(self.exact / STEP) * STEP, 2)

    def tokens(self, text: str, language_id: str = "") -> int:
        """An estimate of the tokens of ``text``, on the high side; at least 1."""
        return self.of_size(size(text), language_id)

    def of_size(self, count: int, language_id: str = "") -> int:
        """The same for a text of ``count`` bytes of UTF-8."""
        return int(count * self._rate(language_id)) + 1

    def bytes(self, tokens: int, language_id: str = "") -> int:
        """How many bytes of UTF-8 a text may have that is ``tokens`` at most; below 0 where none is."""
        count = max(int(tokens / self._rate(language_id)), 0)
        while count >= 0 and self.of_size(count, language_id) > tokens:
            count -= 1
        return count

    def corrected(self, estimated: int, reported: int) -> Estimate:
        """After a turn whose input was ``estimated`` by this, and was ``reported`` by the service.

        Nothing is learned from a report that is missing (0 or less), or of less than ``MATTERS`` tokens.
        """
        if min(estimated, reported) < MATTERS:
            return self
        seen = min(max(self.factor * reported / estimated, LOWEST), HIGHEST)
        return Estimate(self.exact + SMOOTHING * (seen - self.exact))

    def _rate(self, language_id: str) -> float:
        return self.factor / BY_LANGUAGE.get(language_id, BYTES_PER_TOKEN)
