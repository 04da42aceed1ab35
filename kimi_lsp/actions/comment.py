"""Comments that tell Kimi what to do: ``# kimi: make this a dataclass``.

One is a comment that begins with the word ``kimi:``, in any case. A line comment goes on in the lines right below
whose text is indented deeper behind the comment's mark, or begins with ``kimi:`` again; so an ordinary comment
below is not taken for a part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from kimi_lsp.syntax.comments import comment_at, is_opaque
from kimi_lsp.syntax.language import Language
from kimi_lsp.syntax.tree import SyntaxTree
from kimi_lsp.text.replacement import Replacement
from kimi_lsp.text.span import Span

WORD = "kimi:"
LONGEST = 4_000
"""Code points of a comment in a text without a tree."""

CLOSERS = {"/*": "*/", "<!--": "-->", "(*": "*)", "{-": "-}", "#=": "=#", "--[[": "]]"}
LONGEST_MARK = 200
"""Code points between the beginning of a comment and its word."""
_LINE = re.compile(r"[ \t\ufeff]*(?P<mark>//+!?|#+|--+|;+|%+)[ \t]*@?\Z")
_OPENERS = (*CLOSERS, "{/*", "{ /*")
_BLOCK = re.compile(r"\{?\s*(?P<mark>/\*|<!--|\(\*|\{-|#=|--\[\[)[*!|]*[\s*]*@?\Z")
_BLANKS = " \t\f"


@dataclass(frozen=True, slots=True)
class Wish:
    """A comment that is an instruction: where it stands, as a whole, and what it says, on one line."""

    span: Span
    text: str


def wishes(
    text: str, within: Span, language: Language | None, tree: SyntaxTree | None, most: int | None = None
) -> Iterator[Wish]:
    """The instructions that begin in ``within``, in document order; the word's first ``most`` places are looked at.

    ``tree`` is that of ``text``; it tells comments from strings. Without it only a comment that begins its line
    counts.
    """
    if WORD not in text[within.start : within.end].lower():
        return
    behind = within.start
    places = re.finditer(r"(?i)(?<!\w)kimi:", text[within.start : within.end])
    for found in islice(places, most):
        at = within.start + found.start()
        if at >= behind and (wish := _wish(text, at, language, tree)) is not None:
            yield wish
            behind = wish.span.end


def removal(text: str, wish: Wish) -> Replacement:
    """What takes a comment out of its ``text``: with its lines where it stands alone, else with the blanks around it.

    The rest of its line stays as it is, and two words do not become one.
    """
    comment, (start, end) = wish.span, _grown(text, wish.span)
    begins, ends = start == 0 or text[start - 1] in "\r\n\ufeff", end == len(text) or text[end] in "\r\n"
    if begins and ends:
        return Replacement(Span(start, end + len(_ending(text, end))), "")
    if ends:
        return Replacement(Span(start, end), "")
    if begins or (start < comment.start and comment.end < end) or text[start - 1] in "([{":
        return Replacement(Span(comment.start, end), "")
    if start < comment.start and text[end] in ")]},;":
        return Replacement(Span(start, comment.end), "")
    joins = (start, end) == (comment.start, comment.end) and _is_word(text[start - 1]) and _is_word(text[end])
    return Replacement(comment, " " if joins else "")


def _wish(text: str, at: int, language: Language | None, tree: SyntaxTree | None) -> Wish | None:
    """The instruction whose word stands at ``at``."""
    line = _line_start(text, at)
    comment = comment_at(tree, at) if tree is not None else None
    if comment is not None:
        return _in_comment(text, comment, line, at)
    if tree is not None and not is_opaque(tree, at):
        return None
    if (mark := _line_mark(text, line, at)) and _is_mark(mark["mark"], language, tree):
        return _in_lines(text, line + mark.start("mark"), at, alone=True)
    return _unparsed_block(text, line, at, language, tree)


def _in_comment(text: str, comment: Span, line: int, at: int) -> Wish | None:
    """The instruction in what the tree says is a comment, if that begins with its word."""
    if text.startswith(_OPENERS, comment.start):
        block = _BLOCK.match(text[comment.start : min(at, comment.start + LONGEST_MARK)])
        return _in_block(text, comment, at, CLOSERS[block["mark"]]) if block else None
    first = max(line, comment.start)  # a grammar may take several lines for one comment
    if (mark := _line_mark(text, first, at)) is None:
        return None
    start = first + mark.start("mark")
    return _in_lines(text, start, at, alone=not text[line:start].strip(" \t\ufeff"))


def _line_mark(text: str, first: int, at: int) -> re.Match[str] | None:
    return _LINE.match(text[first:at]) if at - first <= LONGEST_MARK else None


def _in_block(text: str, comment: Span, at: int, closer: str) -> Wish | None:
    end = comment.start + len(comment.of(text).rstrip())
    closed = text.rfind(closer, at, end)
    inside = text[at + len(WORD) : closed if closed >= 0 else end]
    return _said(Span(comment.start, end), " ".join(line.strip().lstrip("*") for line in inside.splitlines()))


def _unparsed_block(
    text: str, line: int, at: int, language: Language | None, tree: SyntaxTree | None
) -> Wish | None:
    """A block comment that begins on the line of its word, in a text without a tree, or in a part without one."""
    for mark, closer in CLOSERS.items():
        start = text.rfind(mark, max(line, at - LONGEST_MARK), at)
        if start < 0 or text[start + len(mark) : at].strip(" \t*!@"):
            continue
        if text[line:start].strip() and mark != "<!--":
            continue
        end = text.find(closer, at, at + LONGEST)
        if end >= 0 and _is_mark(mark, language, tree):
            return _in_block(text, Span(start, end + len(closer)), at, closer)
    return None


def _in_lines(text: str, start: int, at: int, alone: bool) -> Wish | None:
    """A line comment, and the lines that continue it."""
    end = _line_end(text, at)
    said = [text[at + len(WORD) : end]]
    mark = re.escape(text[start:at].rstrip("@ \t"))
    depth = at - start
    while alone and end < len(text):
        following = end + len(_ending(text, end))
        line = text[following : _line_end(text, following)]
        more = re.match(rf"(?i)[ \t]*(?P<mark>{mark}[ \t]+)(?:(?P<again>@?{WORD})|(?=\S))", line)
        if more is None or not (more["again"] or len(more["mark"]) > depth):
            break
        said.append(("; " if more["again"] else " ") + line[more.end() :].strip())
        end = following + len(line)
    span = Span(start, start + len(text[start:end].rstrip()))
    return _said(span, "".join([said[0].rstrip(), *said[1:]]))


def _said(span: Span, said: str) -> Wish | None:
    text = " ".join(said.split())
    return Wish(span, text) if text else None


def _is_mark(mark: str, language: Language | None, tree: SyntaxTree | None) -> bool:
    """Whether ``mark`` begins a comment in ``language``; a part without a tree may be in any."""
    if language is None or tree is not None:
        return True
    opening = language.block_comment[0] if language.block_comment else None
    return mark == opening or (language.line_comment is not None and mark.startswith(language.line_comment))


def _grown(text: str, span: Span) -> tuple[int, int]:
    """``span`` with the blanks before and behind it."""
    start, end = span.start, span.end
    while start and text[start - 1] in _BLANKS:
        start -= 1
    while end < len(text) and text[end] in _BLANKS:
        end += 1
    return start, end


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def _line_end(text: str, at: int) -> int:
    ends = [end for end in (text.find("\n", at), text.find("\r", at)) if end >= 0]
    return min(ends, default=len(text))


def _ending(text: str, at: int) -> str:
    if text.startswith("\r\n", at):
        return "\r\n"
    return text[at : at + 1]
