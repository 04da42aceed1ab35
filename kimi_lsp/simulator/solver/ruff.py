"""Runs the installed ruff over one source text, away from any project's configuration."""

from __future__ import annotations

import asyncio
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec

from kimi_lsp.simulator.errors import RuffFailed

TIMEOUT_S = 20.0
BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replaces code points ``start`` to ``end`` of the source."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnostic; rows and columns count from 1. ``edits`` is empty where ruff would apply none."""

    code: str
    row: int
    column: int
    end_row: int
    message: str
    edits: tuple[Edit, ...]
    safe: bool
    remedy: str


async def findings(source: str, path: str, *arguments: str) -> tuple[Finding, ...]:
    """What ``ruff check`` says about ``source``, in its order. ``path`` need not exist; its ending counts.

    A byte order mark must have been taken off: ruff does not count it.

    Raises:
        RuffFailed: it is not installed, gave up, or took longer than 20 s.
    """
    out = await _check(source, path, arguments)
    try:
        reported: list[dict[str, Any]] = msgspec.json.decode(out, type=list[dict[str, Any]])
    except msgspec.DecodeError as error:
        raise RuffFailed(f"ruff's report cannot be read: {error}") from None
    starts = _line_starts(source)
    return tuple(_finding(item, starts, len(source)) for item in reported)


def _finding(item: dict[str, Any], starts: list[int], length: int) -> Finding:
    def offset(location: dict[str, int]) -> int:
        row = location["row"] - 1
        return min(starts[row] + location["column"] - 1, length) if row < len(starts) else length

    fix = item.get("fix") or {"applicability": "display", "edits": [], "message": ""}
    edits = sorted(
        Edit(offset(edit["location"]), offset(edit["end_location"]), edit["content"] or "")
        for edit in fix["edits"]
        if fix["applicability"] != "display"
    )
    return Finding(
        code=item["code"] or "",
        row=item["location"]["row"],
        column=item["location"]["column"],
        end_row=item["end_location"]["row"],
        message=item["message"],
        edits=tuple(edits),
        safe=fix["applicability"] == "safe",
        remedy=fix["message"] or "",
    )


def _line_starts(source: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", source))]


async def _check(source: str, path: str, arguments: tuple[str, ...]) -> bytes:
    command = (sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--exit-zero")
    process = await asyncio.create_subprocess_exec(
        *command, "--output-format", "json", *arguments, "--stdin-filename", path, "-",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        talk = process.communicate(source.encode("utf-8", errors="replace"))
        out, errors = await asyncio.wait_for(talk, TIMEOUT_S)
    except asyncio.TimeoutError:
        raise RuffFailed(f"ruff did not answer within {TIMEOUT_S:g} s") from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        said = errors.decode(errors="replace").strip()
        if "No module named ruff" in said:
            raise RuffFailed("ruff is not installed; install it with: pip install 'kimi-lsp[demo]'")
        raise RuffFailed(f"ruff failed: {' '.join(said.split())[:200]}")
    return out
