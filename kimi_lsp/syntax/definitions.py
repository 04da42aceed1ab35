"""What the definition queries find in a tree, in bytes; ``outline.py`` makes symbols of it.

The captures that a query file uses:

* ``@definition.KIND`` with ``@name``, and ``@body`` where there is one: a definition, up to the end of its body where
  that is outside of it. Without ``@name`` it is called what its head says (``impl Drop for Lock``).
* ``@head``: ends where the head does, in languages without a node for the body.
* ``@scope``: what stands between the enclosing symbol's path and the name: a receiver, a qualifier, the type
  of an ``impl``, which is the path for its members.
* ``@wide`` around ``@of``: the definition ``@of`` begins and ends where ``@wide`` does (``export``).
* ``@attribute`` and ``@comment``: belong to the definition right below; an attribute is part of its head.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TYPE_CHECKING

from kimi_lsp.syntax.grammar import definitions_query
from kimi_lsp.syntax.language import Language
from kimi_lsp.syntax.search import Match, matches
from kimi_lsp.syntax.tree import Range, SyntaxTree

if TYPE_CHECKING:
    import tree_sitter

Captures = Mapping[str, Sequence["tree_sitter.Node"]]
"""The captured nodes by name."""

Above = Mapping[int, tuple[int, bool]]
"""Comments and attributes by where they end, without white space: where they begin, and whether it is the latter."""

REACH = 4096
"""How many bytes from a place are looked at, at once, for what belongs to it."""

STRETCH = 128 * 1024
"""How many bytes are searched between two looks at the clock."""


@dataclass(frozen=True, slots=True)
class Definition:
    """One definition in bytes. The head begins after a comment above it."""

    kind: str
    start: int
    end: int
    head_start: int
    head_end: int
    name: Range | None
    scope: tuple[Range, ...]
    body: Range | None
    pattern: int

    @property
    def key(self) -> int:
        """The same for whatever two patterns say of one definition."""
        return self.name[0] if self.name is not None else self.start

    @property
    def range(self) -> Range:
        """From its first byte to behind its last."""
        return self.start, self.end


@dataclass(slots=True)
class Definitions:
    """Collects what the patterns match, in the whole tree or in one range after another."""

    tree: SyntaxTree
    _found: dict[int, Definition] = field(default_factory=dict)
    _wide: dict[Range, Range] = field(default_factory=dict)
    _above: dict[int, tuple[int, bool]] = field(default_factory=dict)
    _seen: list[Range] = field(default_factory=list)

    def collect(self) -> None:
        """Add all that there is in the whole tree."""
        self._add_all(matches(self.tree, definitions_query(self.tree.language)))

    def collect_until(self, deadline: float) -> bool:
        """The same, by about ``STRETCH`` bytes of the outermost nodes; False if ``monotonic`` got late."""
        patterns = definitions_query(self.tree.language)
        for within in _stretches(self.tree.root):
            if monotonic() > deadline:
                return False
            self._add_all(matches(self.tree, patterns, within))
        return True

    def collect_around(self, within: Range) -> None:
        """Add what has to do with the bytes ``within``, but no values, which enclose nothing."""
        self._seen.append(within)
        patterns = definitions_query(self.tree.language)
        found = matches(self.tree, patterns, within)
        self._add_all(match for match in found if match[0] not in patterns.values)

    def all(self) -> list[Definition]:
        """The definitions with all that belongs to them, in document order, outer ones before inner ones."""
        found = [self._whole(definition) for definition in self._found.values()]
        return sorted(found, key=lambda one: (one.start, -one.end, one.key))

    def paragraph(self, byte: int) -> Range:
        """The lines around ``byte`` up to blank ones: what belongs to a definition stands in one with it."""
        source = self.tree.source
        low, high = max(0, byte - REACH), min(len(source), byte + REACH)
        start = max(source.rfind(b"\n\n", low, byte), source.rfind(b"\n\r\n", low, byte), low)
        end = _next_blank(source, byte, high)
        while end < high and _is_decorator(source[source.rfind(b"\n", start, end) + 1 : end]):
            end = _next_blank(source, end + 1, high)
        return start, end + 1

    def unseen(self, byte: int, start: int | None) -> Range | None:
        """The next range to collect from, to know all that belongs to the definitions at ``byte``, if there is one.

        ``start`` is where the innermost of these begins as far as is known.
        """
        above = () if start is None else (max(0, start - 1),)
        for place in (self._below_comments(byte), *self._inside_wide(byte), *above):
            if not any(seen_start <= place < seen_end for seen_start, seen_end in self._seen):
                return self.paragraph(place)
        return None

    def _below_comments(self, byte: int) -> int:
        """What follows the comments and attributes that cover ``byte`` or follow it themselves."""
        source = self.tree.source
        for end, (start, _) in sorted(self._above.items()):
            if end > byte and (start <= byte or source[byte:start].isspace()):
                byte = end
                while source[byte : byte + 1].isspace():
                    byte += 1
        return byte

    def _inside_wide(self, byte: int) -> Iterator[int]:
        for (inner, _), (start, _) in self._wide.items():
            if byte < inner and (start <= byte or self.tree.source[byte:start].isspace()):
                yield inner

    def _add_all(self, found: Iterable[Match]) -> None:
        for pattern, captures in found:
            self._add(pattern, captures)

    def _add(self, pattern: int, captures: Captures) -> None:
        if "wide" in captures:
            self._wide[captures["of"][0].byte_range] = captures["wide"][0].byte_range
        for above in ("attribute", "comment"):
            for node in captures.get(above, ()):
                self._above[trimmed(self.tree.source, node.end_byte)] = node.start_byte, above == "attribute"
        for capture, nodes in captures.items():
            if capture.startswith("definition."):
                self._define(pattern, capture.removeprefix("definition."), nodes[0], captures)

    def _define(
        self,
        pattern: int,
        kind: str,
        node: tree_sitter.Node,
        captures: Captures,
    ) -> None:
        start, end = node.byte_range
        bodies = captures.get("body", ())
        end = max(end, bodies[0].end_byte) if bodies else end
        definition = Definition(
            kind=kind,
            start=start,
            end=end,
            head_start=start,
            head_end=head_end(captures, end, self.tree.source, comment_mark(self.tree.language)),
            name=_range_of(captures.get("name", ())),
            scope=tuple(one.byte_range for one in captures.get("scope", ())),
            body=self._body_range(bodies[0], end) if bodies else None,
            pattern=pattern,
        )
        known = self._found.get(definition.key)
        if known is None or _rank(definition) < _rank(known):
            self._found[definition.key] = definition

    def _body_range(self, body: tree_sitter.Node, end: int) -> Range:
        """The body's bytes; where only its opening brace is a node, up to the last closing one."""
        source = self.tree.source
        if source[body.start_byte : body.end_byte] != b"{":
            return body.byte_range
        return body.start_byte, max(body.end_byte, source.rfind(b"}", body.end_byte, end) + 1)

    def _whole(self, definition: Definition) -> Definition:
        start, end = definition.start, definition.end
        while (wide := self._wide.get((start, end), (start, end))) != (start, end):
            start, end = wide
        head_start = start
        while above := right_above(self.tree.source, self._above, start):
            start, is_attribute = above
            head_start = start if is_attribute else head_start
        return replace(definition, start=start, end=self._with_semicolon(end), head_start=head_start)

    def _with_semicolon(self, end: int) -> int:
        """``end`` without white space before it, which some grammars count to a node, but with a semicolon."""
        end = trimmed(self.tree.source, end)
        return end + 1 if self.tree.source[end : end + 1] == b";" else end


def comment_mark(language: Language) -> bytes:
    """What a comment between a head and its body begins with; where lines have none, a line break stands in."""
    return (language.line_comment or "\n").encode()


def head_end(captures: Captures, end: int, source: bytes, marker: bytes) -> int:
    """The end of ``@head``, or where ``@body`` begins, or the comments before that, which begin with ``marker``.

    ``end`` is that of a definition without either.
    """
    if "head" in captures:
        return captures["head"][0].end_byte
    if "body" not in captures:
        return end
    body = captures["body"][0]
    begin = body.start_byte
    start = captures["name"][0].start_byte if "name" in captures else begin
    if source.find(marker, start, begin) < 0:
        return begin
    while (before := body.prev_sibling) is not None and before.is_extra and before.start_byte > start:
        body = before
    return body.start_byte


def right_above(source: bytes, above: Above, start: int) -> tuple[int, bool] | None:
    """What is above ``start`` without a blank line between; not the comment behind another statement."""
    end = trimmed(source, start)
    found = above.get(end)
    if found is None or source.count(b"\n", end, start) > 1:
        return None
    return found if found[1] or _begins_line(source, found[0]) else None


def trimmed(source: bytes, end: int) -> int:
    """``end`` without the white space before it."""
    while end and source[end - 1] in b" \t\r\n":
        end -= 1
    return end


def _begins_line(source: bytes, start: int) -> bool:
    while start and source[start - 1] in b" \t":
        start -= 1
    return start == 0 or source[start - 1] in b"\r\n"


def _stretches(root: tree_sitter.Node) -> Iterator[Range]:
    """Ranges that all of the outermost nodes are in, each with one neighbour or more."""
    cursor = root.walk()
    start = previous = root.start_byte
    if cursor.goto_first_child():
        while (node := cursor.node) is not None and cursor.goto_next_sibling():
            if node.end_byte - start > STRETCH:
                yield start, node.end_byte
                start = previous
            previous = node.start_byte
    yield start, root.end_byte + 1


def _next_blank(source: bytes, start: int, end: int) -> int:
    """Where the line before the next blank one ends."""
    ends = (source.find(blank, start, end) for blank in (b"\n\n", b"\n\r\n"))
    return min((found for found in ends if found >= 0), default=end)


def _is_decorator(line: bytes) -> bool:
    """A paragraph whose last line is one goes on behind the blank line."""
    return line.lstrip().startswith((b"@", b"#["))


def _rank(definition: Definition) -> tuple[int, int]:
    """The widest definition of a name is the one; of two the one whose pattern stands first."""
    return definition.start - definition.end, definition.pattern


def _range_of(nodes: Iterable[tree_sitter.Node]) -> Range | None:
    return next((node.byte_range for node in nodes), None)
