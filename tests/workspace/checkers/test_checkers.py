"""Whole checks with programs of our own: what they get, and what they can do to us."""

import asyncio
import sys
import time
from pathlib import Path

import pytest

from kimi_lsp.settings import Checker, CheckerSettings
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.workspace.checkers.bound import Bound
from kimi_lsp.workspace.checkers.checkers import Checkers
from kimi_lsp.workspace.checkers.table import rows
from kimi_lsp.workspace.files import Files
from kimi_lsp.workspace.policy import Policy
from tests.workspace.checkers.checking import checked, fingerprint, lay_out, only, own, said, search

TEXT = {"a.py": "one\ntwo 😀 x\nthree\n"}
SAYS = "import sys; t = sys.stdin.read(); print('2:7: ' + t.split()[1])"


async def test_a_program_of_the_users(tmp_path: Path) -> None:
    report = await checked(tmp_path, TEXT, {**only(), "own": own(SAYS)})
    assert said(report, TEXT) == ["own  a.py:2 warning x"]
    assert report.diagnostics["a.py"][0].message == "two"
    assert (await checked(tmp_path, {"a.js": "x"}, {**only(), "own": own(SAYS)})).ran == ()


async def test_where_the_text_lies(tmp_path: Path) -> None:
    code = "import sys; print('1:1:', sys.argv[1], open(sys.argv[2]).read().split()[0], sys.argv[2])"
    copy = own(code, command=(sys.executable, "-c", code, "{file}", "{path}"))
    report = await checked(tmp_path, {**TEXT, "-b {path}.py": "x"}, {**only(), "own": copy})
    one, other = report.diagnostics["a.py"][0].message, report.diagnostics["-b {path}.py"][0].message
    assert one.startswith(f"{tmp_path / 'p/a.py'} one ")
    assert one.endswith("/a.py")
    assert other.startswith(f"{tmp_path / 'p/-b {path}.py'} x ")
    assert not list((tmp_path / "p").iterdir())
    assert not list((tmp_path / "cache").rglob("a.py"))


async def test_a_whole_project(tmp_path: Path) -> None:
    lay_out(tmp_path / "p", {"kept.txt": "kept", "gone.txt": "gone"})
    code = (
        "import pathlib\n"
        "for n, f in enumerate(sorted(pathlib.Path('.').rglob('*.*')), 1):\n"
        "    print(f'a.py:{n}: {f} {f.read_text().split()}')"
    )
    folder = own(code, whole_project=True, pattern=r"^(?P<file>[^:]+):(?P<line>\d+): (?P<message>.*)$")
    texts = {"a.py": "1\n2\n3\n", "new/b.txt": "b", "gone.txt": None}
    report = await checked(tmp_path, texts, {**only(), "own": folder}, checks="a.py")
    assert [each.message for each in report.diagnostics["a.py"]] == [
        "a.py ['1', '2', '3']",
        "kept.txt ['kept']",
        "new/b.txt ['b']",
    ]


async def test_no_key_reaches_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGATEWAY_API_KEY", "sk-aig-secret")
    monkeypatch.setenv("KIMI_LSP_BASE_URL", "http://sk-aig-secret")
    monkeypatch.setenv("SOMETHING_ELSE", "there")
    code = "import os\nfor n in sorted(os.environ): print(f'1:1: {n}={os.environ[n]}')"
    report = await checked(tmp_path, TEXT, {**only(), "own": own(code)})
    told = [each.message for each in report.diagnostics["a.py"]]
    assert "SOMETHING_ELSE=there" in told
    assert not [line for line in told if "secret" in line or "KIMI" in line]


@pytest.mark.parametrize(
    ("code", "fields", "failed"),
    [
        pytest.param("import time; time.sleep(60)", {"timeout_s": 0.3}, "took longer than 0.3 s", id="sleeps"),
        pytest.param("while 1: print('1:1: x' * 999)", {}, "wrote more than 4 MB", id="for-ever"),
        pytest.param("for n in range(20_000): print(f'1:1: {n}')", {}, "found more than 10,000 problems", id="many"),
        pytest.param("print('usage: wrong'); raise SystemExit(2)", {}, "ended with 2: usage: wrong", id="usage"),
        pytest.param("raise SystemExit(1)", {}, "ended with 1", id="no-word"),
        pytest.param("print('[{')", {"output": "ruff"}, "wrote what cannot be read", id="half"),
        pytest.param("print('[' * 99999)", {"output": "eslint"}, "wrote what cannot be read", id="deep"),
        pytest.param("print('1:1: x')", {"pattern": "("}, "has a pattern that cannot be used", id="pattern"),
        pytest.param("import os; os.abort()", {}, "was ended by signal 6", id="signal",
                     marks=pytest.mark.skipif(sys.platform == "win32", reason="no signals there")),
        pytest.param("import sys; sys.stdout.buffer.write(b'\\xff\\x00\\n')", {"output": "shellcheck"},
                     "wrote what cannot be read", id="bytes"),
    ],
)  # fmt: skip
async def test_one_that_fails_is_a_sentence_and_others_go_on(
    tmp_path: Path, code: str, fields: dict[str, object], failed: str
) -> None:
    table = {**only(), "bad": own(code, **fields), "good": own(SAYS)}
    report = await checked(tmp_path, TEXT, table)
    assert report.ran == ("good",)
    assert report.failed["bad"].startswith(failed)
    assert len(report.sentences) == 1
    assert report.sentences[0].startswith(f"checker bad failed: {failed}")
    assert [each.source for each in report.diagnostics["a.py"]] == ["good"]


async def test_one_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    report = await checked(
        tmp_path, TEXT, {**only(), "own": Checker(command=("no-such-checker",), pattern="x")}
    )
    assert (report.ran, dict(report.failed), report.diagnostics) == ((), {}, {"a.py": ()})


async def test_all_of_it_is_bounded(tmp_path: Path) -> None:
    slow = {f"slow {number}": own("import time; time.sleep(60)") for number in range(5)}
    started = time.monotonic()
    report = await checked(tmp_path, TEXT, {**only(), **slow, "good": own(SAYS)}, within_s=1.0)
    assert time.monotonic() - started < 10
    assert set(report.failed) >= set(slow)
    assert all(why.startswith(("took longer than", "had no time left")) for why in report.failed.values())


async def test_one_that_took_too_long_is_not_waited_for_again(tmp_path: Path) -> None:
    table = {**only(), "slow": own("import time; time.sleep(1)\nprint('1:1: x')", timeout_s=0.5)}
    slow = Checkers(rows(CheckerSettings(table=table)), tmp_path / "cache", search=search())
    texts = {tmp_path / "a.py": Snapshot.of("a.py", TEXT["a.py"])}
    started = time.monotonic()
    for _ in range(20):
        assert (await slow.check(texts, tmp_path)).failed == {"slow": "took longer than 0.5 s"}
    assert time.monotonic() - started < 8
    other = tmp_path / "other"
    other.mkdir()
    assert (await slow.check({other / "a.py": texts[tmp_path / "a.py"]}, other)).failed


async def test_a_cancel_ends_them_and_leaves_nothing(tmp_path: Path) -> None:
    lay_out(tmp_path / "p", {"b.txt": "b"})
    before = fingerprint(tmp_path / "p")
    sleeps = own("open('started', 'w'); import time; time.sleep(60)", whole_project=True)
    task = asyncio.ensure_future(checked(tmp_path, TEXT, {**only(), "own": sleeps}))
    while not list((tmp_path / "cache").rglob("started")):
        await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not list((tmp_path / "cache").rglob("started"))
    assert fingerprint(tmp_path / "p") == before


async def test_eight_at_once(tmp_path: Path) -> None:
    table = {**only(), "own": own(SAYS)}
    root = tmp_path / "p"
    root.mkdir()
    checkers = Checkers(rows(CheckerSettings(table=table)), tmp_path / "cache", search=search())
    texts = {root / "a.py": Snapshot.of("a.py", TEXT["a.py"])}
    reports = await asyncio.gather(*(checkers.check(texts, root) for _ in range(8)))
    assert all(report == reports[0] for report in reports)
    assert len(reports[0].diagnostics["a.py"]) == 1


async def test_by_the_names_that_the_model_knows(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    untitled = Path("/untitled/Untitled-1")
    documents = {untitled: Snapshot.of("untitled:Untitled-1", "a b", 1, "python")}
    files = Files(Policy.of([tmp_path / "one", tmp_path / "two"]), documents)
    where = own("import os; print('1:1:', os.path.basename(os.getcwd()))", timeout_s=20)
    check = Bound(Checkers(rows(CheckerSettings(table={**only(), "own": where})), tmp_path / "cache"), files)
    names = ["one/a.py", "two/a.py", "untitled:Untitled-1"]
    texts = {name: Snapshot.of(name, "x y", None, "python") for name in names}
    report = await check({**texts, "../outside.py": Snapshot.of("../outside.py", "x")})
    assert {path: [each.message for each in found] for path, found in report.diagnostics.items()} == {
        "one/a.py": ["one"],
        "two/a.py": ["two"],
        "untitled:Untitled-1": ["0"],
    }
    assert list((await check(texts, only=["two/a.py"])).diagnostics) == ["two/a.py"]


async def test_what_is_open_is_laid_over_the_disk(tmp_path: Path) -> None:
    lay_out(tmp_path / "p", {"b.txt": "disk"})
    files = Files(Policy.of([tmp_path / "p"]), {})
    reads = own("print('1:1:', open('b.txt').read())", whole_project=True)
    checkers = Checkers(rows(CheckerSettings(table={**only(), "own": reads})), tmp_path / "cache")
    texts = {"a.py": Snapshot.of("a.py", "x", None, "python")}
    opened = {
        tmp_path / "p/b.txt": Snapshot.of("b.txt", "open"),
        Path("/elsewhere/c.txt"): Snapshot.of("c", ""),
    }
    for documents, seen in (({}, "disk"), (opened, "open")):
        report = await Bound(checkers, files, documents)(texts)
        assert [each.message for each in report.diagnostics["a.py"]] == [seen]
        assert list(report.diagnostics) == ["a.py"]
