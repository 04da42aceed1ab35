"""What a Python text defines, from its logical lines, with no tree: the same as ``definitions_only`` says of it.

It takes a quarter of the time, and most of a Python user's thousands of files are Python. What lines alone don't
tell is left to the tree. ``tests/syntax/test_python_definitions.py`` holds the two together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kimi_lsp.syntax.definitions_only import Named
from kimi_lsp.syntax.outline import FUNCTIONS
from kimi_lsp.syntax.python_lines import COMMENT, JOINT, STRING

_NAME = r"[^\0-@[-^`{-\x7f][^\0-/:-@[-^`{-\x7f]*"
"""Letters, digits and underscores, and all that is not ASCII, for there are names with signs that are no ``\\w``."""

_DEFINES = re.compile(rf"(?:async\s+)?(def|class)\s+({_NAME})")
_VALUE = re.compile(rf"({_NAME})\s*(?::|=(?!=))")
_TYPE = re.compile(rf"type\s+({_NAME})\s*(?:\[.*\]\s*)?=(?!=)")
_NO_VALUES = frozenset({"else", "try", "finally", "except", "lambda"})
_STEPS = re.compile(r"[()\[\]{}:]")
_EMPTY = re.compile(rf"\s*(?:\.\.\.|pass|{STRING}+)\Z")
_BEHIND = f" {COMMENT}{JOINT}"
"""What may come behind the code of a line."""


class Unclear(ValueError):
    """Lines don't tell; a tree may."""


def python_definitions(text: str, lines: str, head_length: int) -> list[Named]:
    """All definitions of ``text``, whose ``logical_lines`` are ``lines``, as ``definitions_only`` gives them.

    Raises:
        Unclear: it takes a tree, as for several statements in a line, or a block without any.
    """
    reader = _Reader(text, head_length)
    reader.read(lines)
    return [
        Named(name, path, kind, first, last, head)
        for (name, path, kind, first, head), last in zip(reader.found, reader.lasts, strict=True)
    ]


@dataclass(slots=True)
class _Block:
    """A class or a function that is open, ``number`` of all; ``inner`` is its lines' indentation, -1 before any."""

    indent: int
    inner: int
    path: str
    kind: str
    number: int


class _Reader:
    """Reads line by line. ``found`` are the definitions, all but their last lines, which ``lasts`` are."""

    def __init__(self, text: str, head_length: int) -> None:
        self.found: list[tuple[str, str, str, int, str]] = []
        self.lasts: list[int] = []
        self._text = text
        self._head_length = head_length
        self._indents = [0]
        self._blocks = [_Block(-1, 0, "", "", -1)]
        self._comments: list[tuple[int, int]] = []
        self._decorated: tuple[int, int] | None = None
        self._code = ""
        self._start = self._first = self._last = 0

    def read(self, lines: str) -> None:
        """All lines."""
        start = first = 0
        for line in lines.split("\n"):
            first += 1
            code = line.lstrip()
            if not code:
                pass
            elif code[0] == COMMENT:
                self._comments.append((len(line) - len(code), first))
            else:
                self._arrive(len(line) - len(code))
                self._code, self._start, self._first = code, start + len(line) - len(code), first
                self._last = first + (code.rstrip(_BEHIND).count(JOINT) if JOINT in code else 0)
                self._read(len(line) - len(code))
            start += len(line) + 1
            first += line.count(JOINT)
        self._arrive(0)

    def _arrive(self, indent: int) -> None:
        """At the next line of code; its indentation opens a block, or closes some."""
        if indent > self._indents[-1]:
            self._open(indent)
        elif self._blocks[-1].inner < 0:
            raise Unclear
        elif indent < self._indents[-1]:
            while self._indents[-1] > indent:
                self._indents.pop()
            if self._indents[-1] != indent:
                raise Unclear
            while self._blocks[-1].indent >= indent:
                self._close(self._blocks.pop())
        if self._comments:
            self._comments = []

    def _open(self, indent: int) -> None:
        if not self._code.rstrip(_BEHIND).endswith(":"):
            raise Unclear
        self._indents.append(indent)
        if self._blocks[-1].inner < 0:
            self._blocks[-1].inner = indent

    def _close(self, block: _Block) -> None:
        """Comments behind the last statement belong to the block, up to the first one that is less indented."""
        last = self._last
        for indent, line in self._comments:
            if indent < block.inner:
                break
            last = line
        self.lasts[block.number] = last

    def _read(self, indent: int) -> None:
        """The line of code at which we are."""
        code, block = self._code, self._blocks[-1]
        if code[0] in "adc" and (defined := _DEFINES.match(code)):
            self._define(defined, indent)
        elif code[0] == "@":
            self._decorated = self._decorated or (self._start, self._first)
        elif self._decorated:
            raise Unclear
        elif code.startswith("type") and (named := _TYPE.match(code)):
            self._add(named[1], "type", self._first_line())
        elif block.inner == indent and block.kind not in FUNCTIONS:
            if ";" in code:
                raise Unclear
            if (value := _VALUE.match(code)) and value[1] not in _NO_VALUES:
                self._add(value[1], "field" if block.kind else "variable", self._first_line())

    def _define(self, defined: re.Match[str], indent: int) -> None:
        """A class or a function, with the decorators above it."""
        own = self._code.rstrip(_BEHIND)
        colon = len(own) - 1 if own[-1] == ":" else _colon(own, defined.end())
        end = self._start + colon + 1
        if self._decorated:
            (self._start, self._first), self._decorated = self._decorated, None
        is_method = self._blocks[-1].kind == "class"
        kind = "class" if defined[1] == "class" else "method" if is_method else "function"
        path = self._add(defined[2], kind, self._text[self._start : end])
        if colon == len(own) - 1:
            self._blocks.append(_Block(indent, -1, path, kind, len(self.lasts) - 1))
        elif JOINT in own[colon:] or (kind == "class" and not _EMPTY.match(own, colon + 1)):
            raise Unclear

    def _add(self, name: str, kind: str, head: str) -> str:
        """The definition's path."""
        if not name.isidentifier():
            raise Unclear
        parent = self._blocks[-1].path
        path = f"{parent}.{name}" if parent else name
        head = " ".join(head[: 8 * self._head_length].split())[: self._head_length]
        self.found.append((name, path, kind, self._first, head))
        self.lasts.append(self._last)
        return path

    def _first_line(self) -> str:
        """Of a value, without a comment behind it."""
        joint = self._code.find(JOINT)
        length = joint if joint >= 0 else len(self._code.rstrip(_BEHIND))
        return (self._text[self._start : self._start + length].splitlines() or [""])[0]


def _colon(code: str, start: int) -> int:
    """Where the head of a class or a function ends whose body is in the same line."""
    depth = 0
    for step in _STEPS.finditer(code, start):
        if step[0] == ":":
            if not depth:
                return step.start()
        else:
            depth += 1 if step[0] in "([{" else -1
    raise Unclear
