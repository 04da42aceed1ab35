"""Remarks that stand for code, and remarks that don't."""

from __future__ import annotations

import pytest

from kimi_lsp.edits.errors import Omission
from kimi_lsp.edits.omission import check_omission

LONG = "a = 1\nb = 2\nc = 3\nd = 4\n"


@pytest.mark.parametrize(
    "remark",
    [
        "# ... rest of the code unchanged",
        "# ... rest of code ...",
        "# ...existing code...",
        "# … remaining methods …",
        "// ... existing code ...",
        "//... rest of the function remains the same",
        "    // ... (other methods)",
        "/* unchanged */",
        "/* ... unchanged ... */",
        "/* ... existing code ... */",
        "{/* ... existing code ... */}",
        "{/* rest of the component */}",
        "<!-- ... existing content ... -->",
        "<!-- rest of the template unchanged -->",
        "-- ... existing code ...",
        "; ... previous code",
        "% ... rest of the file",
        "# rest of the file",
        "# The rest of the code remains unchanged.",
        "# Existing code remains the same",
        "# Existing code here",
        "# keep the existing code here",
        "// existing imports stay here",
        "# everything else stays the same, unchanged",
        "... # existing code",
        "# ... same as before ...",
        "# (no changes) ...",
        "# ...",
        "# unchanged",
        "# no changes",
        "# same as before",
    ],
)
def test_omissions(remark: str) -> None:
    with pytest.raises(Omission, match=r"Line 2 of the new text.*\(guard: omission\)"):
        check_omission("a.xyz", LONG, f"a = 1\n{remark}\n")


@pytest.mark.parametrize(
    "remark",
    [
        "# ... rest of the code",
        "# rest of the file",
        "# remainder of the function",
        "# code unchanged",
        "# the methods are omitted for brevity",
        "# existing imports stay",
        "# other methods remain the same",
        "<!-- the rest of the template -->",
    ],
)
def test_what_is_said_outright_is_an_omission_whatever_the_lines(remark: str) -> None:
    with pytest.raises(Omission):
        check_omission("a.xyz", "a = 1\n", f"a = 1\n{remark}\nb = 2\nc = 3\n")


@pytest.mark.parametrize(
    "remark",
    [
        "# existing code",
        "# other methods",
        "# the same code",
        "# imports",
        "# the code is here",
        "# all of it",
    ],
)
def test_a_heading_is_none(remark: str) -> None:
    check_omission("a.py", "a = 1\n", f"a = 1\n{remark}\nb = 2\n")


@pytest.mark.parametrize("remark", ["# imports", "# the code is here", "# all of it", "# the function"])
def test_a_heading_is_none_even_where_lines_get_fewer(remark: str) -> None:
    check_omission("a.py", LONG, f"a = 1\n{remark}\n")


@pytest.mark.parametrize(
    "line",
    [
        "...",
        "def f(): ...",
        "    ...  # a stub",
        "f(...rest)",
        "const { a, ...rest } = b;",
        "# Keep the rest for later.",
        "# the rest of the arguments are passed on",
        "# Skip the rest of the file if it is empty",
        "# Wait ... then go on",
        "// Loading...",
        "# existing code paths are kept in the table",
        "# unchanged files are skipped",
        "# Remove the other tests first",
        "x = 1  # unchanged",
        'text = "# ... rest of the code"',
        "# -------",
        "#!/bin/sh",
        "# type: ignore",
    ],
)
def test_no_omissions(line: str) -> None:
    check_omission("a.py", LONG, f"a = 1\n{line}\n")


def test_what_says_little_is_an_omission_only_where_lines_get_fewer() -> None:
    for remark in ("# ...", "# unchanged", "# existing code"):
        check_omission("a.py", "a = 1\n", f"a = 1\n{remark}\nb = 2\n")


def test_a_remark_that_stood_there_may_stay() -> None:
    check_omission("a.py", "    # ... rest of the code\nb\nc\n", "# ... rest of the code\n")


@pytest.mark.parametrize("path", ["a.md", "README", "docs/a.rst", "a.TXT"])
def test_in_prose_only_markup_is_a_remark(path: str) -> None:
    check_omission(path, LONG, "# The rest of the code\n// ... existing code ...\n")
    with pytest.raises(Omission):
        check_omission(path, LONG, "<!-- ... rest of the page unchanged ... -->\n")
