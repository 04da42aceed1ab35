"""One checker: a row of the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kimi_lsp.text.line_index import Encoding

Delivery = Literal["stdin", "copy", "folder"]
"""How a text gets to the program: as its input, as a copy in a file, or in a copy of the project made of links."""

LINES = r"\r\n?|\n"
LINES_OF_SCRIPT = r"\r\n?|[\n\u2028\u2029]"
"""What ends a line in JavaScript (ECMA-262, section 12.3)."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """Files of configuration that are looked through for ``pattern``."""

    files: tuple[str, ...]
    pattern: str


@dataclass(frozen=True, slots=True)
class Row:
    """How one checker is run and read.

    In ``command``, ``{file}`` is where the file belongs, ``{path}`` where its text lies, ``{cache}`` a folder of
    ours for this project and ``{scratch}`` one that no other run uses meanwhile; an argument with ``{file}``,
    ``{path}`` or ``{package}`` (its folder, for Go) stands once for each file. ``languages`` are LSP ids; none means
    all. ``encoding`` and ``line_break`` are as in ``Places``. ``needs`` are files one of which must lie beside the
    file or above it: there the program runs. ``copied`` are files that it may write, so that it gets a copy;
    ``adds`` are files of ours beside those it ``needs``. ``runs_project_code``: the project decides what is
    executed, so only the user turns it on, as where ``guarded`` is found. ``executed`` are files that
    must be as on the disk, for they decide what is run; ``runs_folder`` says of a folder that all in it must be,
    ``script`` is a file in it that may execute what lies beside it, outside of ``sources``.
    ``configured``: it is run unasked only where one of these
    files of the project says so, for what it says of a project that does not use it is noise.
    """

    name: str
    command: tuple[str, ...]
    languages: tuple[str, ...]
    reader: str
    delivery: Delivery
    pattern: str = ""
    encoding: Encoding | None = "utf-32"
    line_break: str = LINES
    needs: tuple[str, ...] = ()
    copied: tuple[str, ...] = ()
    adds: tuple[tuple[str, str], ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    runs_project_code: bool = False
    guarded: Configuration | None = None
    executed: tuple[str, ...] = ()
    runs_folder: Configuration | None = None
    script: str = ""
    sources: tuple[str, ...] = ()
    configured: Configuration | None = None
    timeout_s: float = 30.0
