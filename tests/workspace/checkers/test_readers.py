"""What the programs wrote when they were run, and what a broken one may write."""

import json

import pytest

from kimi_lsp.workspace.checkers.errors import Failed
from kimi_lsp.workspace.checkers.finding import Finding
from kimi_lsp.workspace.checkers.readers import MAX_FINDINGS, READERS, read
from kimi_lsp.workspace.checkers.table import BUILT_IN

TSC, GO = (next(row.pattern for row in BUILT_IN if row.name == name) for name in ("tsc", "go vet"))

RUFF = """[{"cell": null, "code": "F841", "end_location": {"column": 3, "row": 5}, "filename": "/p/a.py", "fix": null,
"location": {"column": 2, "row": 5}, "message": "Local variable `q` is assigned to but never used",
"name": "unused-variable", "noqa_row": 5, "severity": "error", "url": "https://docs.astral.sh/"},
{"cell": null, "code": null, "end_location": {"column": 1, "row": 2}, "filename": "/p/a.py", "fix": null,
"location": {"column": 1, "row": 2}, "message": "unexpected EOF while parsing", "url": null}]"""
MYPY = (
    '{"file": "a.py", "line": 8, "column": 17, "end_line": 8, "end_column": 20, "message": "Incompatible return '
    'value type", "hint": null, "code": "return-value", "severity": "error"}\n'
    '{"file": "a.py", "line": 9, "column": -1, "message": "It is here", "hint": null, "code": null, "severity": '
    '"note"}\n'
    '{"file": "a.py", "line": 1, "column": -1, "message": "Bad", "hint": null, "code": null, "severity": "error"}\n'
    "Found 1 error in 1 file (errors prevented further checking)\n"
)
ESLINT = (
    '[{"filePath":"/q/a.js","messages":[{"ruleId":"no-undef","severity":1,"message":"\'x\' is not defined.","line":1,'
    '"column":24,"nodeType":"Identifier","endLine":1,"endColumn":25,"suggestions":[]},{"ruleId":null,"nodeType":null,'
    '"fatal":true,"severity":2,"message":"Parsing error: Unexpected token =","line":1,"column":7}],"errorCount":1,'
    '"source":"const = "}]'
)
SHELLCHECK = (
    '{"comments":[{"file":"-","line":2,"endLine":2,"column":13,"endColumn":15,"level":"info","code":2086,'
    '"message":"Double quote it.","fix":null},{"file":"-","line":1,"endLine":1,'
    '"column":1,"endColumn":1,"level":"error","code":1073,"message":"Not parsed.","fix":null}]}'
)
CARGO = (
    '{"reason":"compiler-message","package_id":"c","message":{"rendered":"warning: unneeded","children":[],'
    '"level":"warning","message":"unneeded `return`\u2028statement","spans":[{"byte_end":82,"column_end":24,'
    '"column_start":2,"expansion":null,"file_name":"src/lib.rs","is_primary":true,"label":null,"line_end":3,'
    '"line_start":3,"text":[]}],"code":{"code":"clippy::needless_return","explanation":null}}}\n'
    '{"reason":"compiler-message","message":{"level":"error","message":"aborting due to 1 error","spans":[],'
    '"code":null,"children":[]}}\n'
    '{"reason":"build-finished","success":false}\n'
)
TSC_SAID = (
    "src/a.ts(1,24): error TS2322: Type 'string' is not a 'number'.\n"
    "  The expected type comes from property 'y'.\n"
    "error TS6053: File 'x.ts' not found.\n"
)
GO_SAID = (
    "# x\nvet: sub/s.go:5:16: cannot use x.G() (value of type int) as string value\n"
    "./a.go:5:27: fmt.Printf format %d has arg s of wrong type string\n"
)


@pytest.mark.parametrize(
    ("reader", "output", "pattern", "findings"),
    [
        ("ruff", RUFF, "", [
            Finding("/p/a.py", 5, "Local variable `q` is assigned to but never used", 2, 5, 3, "F841", "warning"),
            Finding("/p/a.py", 2, "unexpected EOF while parsing", 1, 2, 1, "invalid-syntax", "error"),
        ]),
        ("mypy", MYPY, "", [
            Finding("a.py", 8, "Incompatible return value type", 18, 8, 21, "return-value", "error"),
            Finding("a.py", 1, "Bad", None, None, None, "", "error"),
        ]),
        ("eslint", ESLINT, "", [
            Finding("/q/a.js", 1, "'x' is not defined.", 24, 1, 25, "no-undef", "warning"),
            Finding("/q/a.js", 1, "Parsing error: Unexpected token =", 7, None, None, "", "error"),
        ]),
        ("shellcheck", SHELLCHECK, "", [
            Finding("", 2, "Double quote it.", 13, 2, 15, "SC2086", "information"),
            Finding("", 1, "Not parsed.", 1, 1, 1, "SC1073", "error"),
        ]),
        ("cargo", CARGO, "", [
            Finding("src/lib.rs", 3, "unneeded `return`\u2028statement", 2, 3, 24,
                    "clippy::needless_return", "warning"),
        ]),
        ("pattern", TSC_SAID, TSC, [
            Finding("src/a.ts", 1, "Type 'string' is not a 'number'.", 24, code="TS2322", severity="error"),
        ]),
        ("pattern", GO_SAID, GO, [
            Finding("sub/s.go", 5, "cannot use x.G() (value of type int) as string value", 16, severity="error"),
            Finding("./a.go", 5, "fmt.Printf format %d has arg s of wrong type string", 27),
        ]),
        ("pattern", "3: bad\n99999999999999999999: huge\n", r"^(?P<line>\d+): (?P<message>.*)$", [
            Finding("", 3, "bad"), Finding("", 1, "huge"),
        ]),
    ],
)  # fmt: skip
def test_recorded(reader: str, output: str, pattern: str, findings: list[Finding]) -> None:
    assert read(reader, output, pattern) == findings


LINE_BY_LINE = ("cargo", "mypy")


@pytest.mark.parametrize("reader", ["ruff", "eslint", "shellcheck", "cargo", "mypy"])
@pytest.mark.parametrize(
    "output",
    [
        '{"comments": [{"line": 1',
        '[{"filename": "a.py", "message": 3}]',
        '{"file": 1}\n',
        '{"reason": "compiler-message", "message": {"spans": 3}}',
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"\ud800": 1}',
        "{\x00}",
    ],
)
def test_garbage_is_no_finding(reader: str, output: str) -> None:
    if reader in LINE_BY_LINE and not output.startswith("{"):
        assert read(reader, output) == []
    else:
        with pytest.raises(Failed, match="wrote what cannot be read"):
            read(reader, output)


def test_more_than_anybody_wants_to_know() -> None:
    comment = {
        "line": 1,
        "column": 1,
        "endLine": 1,
        "endColumn": 2,
        "level": "info",
        "code": 1,
        "message": "m",
    }
    output = json.dumps({"comments": [comment] * (MAX_FINDINGS + 1)})
    with pytest.raises(Failed, match="found more than 10,000 problems"):
        read("shellcheck", output)


@pytest.mark.parametrize("pattern", ["(", "(?P<line>x)", "", "(?P<message>x)"])
def test_a_pattern_that_cannot_be_used_says_so(pattern: str) -> None:
    with pytest.raises(Failed, match="has a pattern"):
        read("pattern", "x", pattern)


def test_every_row_has_a_reader() -> None:
    assert {row.reader for row in BUILT_IN} <= set(READERS)
