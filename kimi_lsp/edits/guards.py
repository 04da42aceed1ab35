"""What an edit must pass before it is staged. Each guard has a switch or a limit; the path guard has none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kimi_lsp.edits.errors import TooLarge
from kimi_lsp.edits.omission import check_omission
from kimi_lsp.edits.trees import Trees
from kimi_lsp.text.replacement import Replacement, compose_all

if TYPE_CHECKING:
    from kimi_lsp.edits.lost_symbols import Step
    from kimi_lsp.settings import EditSettings

KILOBYTE = 1024


@dataclass(frozen=True, slots=True)
class Guards:
    """Which guards are on, and their limits.

    ``max_file_kb`` is for a file after the edit, ``max_changed_files`` for the changeset, ``max_written_kb`` for all
    that a job writes, what it takes back again included. 1 KB is 1,024 bytes of UTF-8.
    """

    syntax: bool = True
    omission: bool = True
    lost_symbol: bool = True
    max_file_kb: int = 2_048
    max_changed_files: int = 50
    max_written_kb: int = 8_192

    @classmethod
    def of(cls, settings: EditSettings) -> Guards:
        """As the user has set them."""
        return cls(
            syntax=settings.syntax_guard,
            omission=settings.omission_guard,
            lost_symbol=settings.lost_symbol_guard,
            max_file_kb=settings.max_file_kb,
            max_changed_files=settings.max_changed_files,
        )

    def check_new_text(self, path: str, old: str, new: str) -> None:
        """Refuse a new text that leaves code out.

        Raises:
            Omission: it says that it does.
        """
        if self.omission:
            check_omission(path, old, new)

    def check_file(
        self,
        path: str,
        steps: Sequence[Step],
        replacements: Sequence[Replacement],
        after: str,
        trees: Trees,
        excused: Callable[[str], bool],
    ) -> None:
        """Refuse what ``steps`` make of a file: ``after``, which their ``replacements``, a log, lead to.

        ``excused`` tells whether a definition may vanish that the steps themselves do not excuse.

        Raises:
            TooLarge, SyntaxBroken, LostSymbol: with the reason.
        """
        self.check_size(path, after)
        if not (self.syntax or self.lost_symbol):
            return
        before = steps[0].text
        old_tree = trees.of(path, before)
        if old_tree is None:
            return
        changes = compose_all(replacements)
        new_tree = trees.after(path, before, changes, after)
        if self.syntax and new_tree is not None:
            from kimi_lsp.edits.syntax_gate import check_syntax

            check_syntax(old_tree, new_tree, changes)
        if self.lost_symbol:
            from kimi_lsp.edits.lost_symbols import check_lost_symbols

            check_lost_symbols(path, steps, after, trees, excused)

    def check_size(self, path: str, text: str) -> None:
        """Refuse a file that is too large.

        Raises:
            TooLarge: it is over ``max_file_kb``.
        """
        limit = self.max_file_kb * KILOBYTE
        if len(text) > limit or (4 * len(text) > limit and len(text.encode("utf-8", "replace")) > limit):
            raise TooLarge(f"{path} would be larger than {self.max_file_kb} KB.")

    def check_changeset(self, changed_files: int) -> None:
        """Refuse to change too many files.

        Raises:
            TooLarge: there are more than ``max_changed_files``.
        """
        if changed_files > self.max_changed_files:
            raise TooLarge(f"No more than {self.max_changed_files} files may be changed.")

    def check_written(self, characters: int) -> None:
        """Refuse a job that writes without end.

        Raises:
            TooLarge: it wrote more than ``max_written_kb``.
        """
        if characters > self.max_written_kb * KILOBYTE:
            raise TooLarge(f"All edits together may write no more than {self.max_written_kb} KB.")
