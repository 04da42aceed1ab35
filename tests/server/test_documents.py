from pathlib import Path
from typing import Any

import pytest

from kimi_lsp.server.documents import Documents, carried, location_of
from kimi_lsp.text.replacement import Replacement
from kimi_lsp.text.span import Span

URI = "file:///w/a.py"


def opened(text: str) -> Documents:
    documents = Documents()
    documents.did_open(URI, "python", 1, text)
    return documents


def change(documents: Documents, version: object, *changes: dict[str, object], uri: str = URI) -> None:
    documents.did_change({"textDocument": {"uri": uri, "version": version}, "contentChanges": list(changes)})


def at(line: int, start: int, end: int, text: str) -> dict[str, object]:
    return {
        "range": {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}},
        "text": text,
    }


def test_changes_of_one_message_build_on_one_another() -> None:
    documents = opened("abc\n")
    change(documents, 2, at(0, 0, 1, "XY"), at(0, 3, 3, "!"))
    document = documents.by_uri(URI)
    assert document is not None
    assert (document.snapshot.text, document.version) == ("XYb!c\n", 2)
    assert document.since(1) == (Replacement(Span(0, 1), "XY"), Replacement(Span(3, 3), "!"))
    assert document.since(2) == ()
    assert document.since(3) is None


def test_utf16_positions_and_full_text() -> None:
    documents = opened("😀x\n")
    change(documents, 2, at(0, 2, 3, "y"))
    document = documents.by_uri(URI)
    assert document is not None
    assert document.snapshot.text == "😀y\n"
    change(documents, 3, {"text": "new"})
    assert document.snapshot.text == "new"


def test_other_spellings_of_the_uri_are_the_same_document() -> None:
    documents = Documents()
    documents.did_open("file:///w/a%20b.py", "python", 1, "x")
    change(documents, 2, {"text": "y"}, uri="file:///w/a b.py")
    assert documents[Path("/w/a b.py")].text == "y"


def test_closed_and_unknown_documents_are_not_changed() -> None:
    documents = opened("x")
    documents.did_close(URI)
    change(documents, 2, {"text": "y"})
    assert len(documents) == 0


def test_reopened_is_another_generation() -> None:
    documents = opened("x")
    first = documents.by_uri(URI)
    documents.did_close(URI)
    again = documents.did_open(URI, "python", 1, "x")
    assert first is not None
    assert first.generation != again.generation


def test_an_expectation_is_met_by_the_very_text() -> None:
    from kimi_lsp.server.documents import Expectation

    documents = opened("x")
    document = documents.by_uri(URI)
    assert document is not None
    document.expected = Expectation("xyz")
    change(documents, 2, {"text": "xy"})
    assert not document.expected.met.is_set()
    change(documents, 3, {"text": "xyz"}, {"text": "xyz"})
    assert document.expected.met.is_set()


@pytest.mark.parametrize(
    ("uri", "location"),
    [
        pytest.param("file:///w/%C3%A9%20.py", "/w/é .py", id="percent"),
        pytest.param("file://localhost/w/a.py", "/w/a.py", id="localhost"),
        pytest.param("untitled:Untitled-1", "/untitled/Untitled-1", id="untitled"),
        pytest.param("file:///w/a%00b.py", "/file/w/a%00b.py", id="no-path-has-this"),
        pytest.param("file://[x/a.py", "/file/[x/a.py", id="no-uri"),
        pytest.param("untitled:../../etc/passwd", "/untitled/etc/passwd", id="upwards"),
        pytest.param("/etc/passwd:", "/untitled/etc/passwd:", id="no-scheme"),
        pytest.param("", "/untitled", id="empty"),
        pytest.param("vscode-remote://ssh+host/w/a.py", "/vscode-remote/ssh+host/w/a.py", id="foreign"),
    ],
)
def test_location_of(uri: str, location: str) -> None:
    assert location_of(uri) == Path(location)


@pytest.mark.parametrize(
    ("span", "change", "moved"),
    [
        pytest.param((5, 8), (0, 0, "ab"), (7, 10), id="typed-before"),
        pytest.param((5, 8), (9, 9, "ab"), (5, 8), id="typed-behind"),
        pytest.param((5, 8), (6, 7, "abc"), (5, 10), id="typed-inside"),
        pytest.param((5, 8), (3, 6, ""), (3, 5), id="deleted-over-the-start"),
        pytest.param((5, 8), (7, 10, "z"), (5, 8), id="replaced-over-the-end"),
        pytest.param((5, 5), (5, 5, "ab"), (5, 5), id="cursor-stays-before"),
        pytest.param((5, 8), (0, 20, ""), (0, 0), id="all-gone"),
    ],
)
def test_carried(span: tuple[int, int], change: tuple[int, int, str], moved: tuple[int, int]) -> None:
    start, end, text = change
    assert carried(Span(*span), (Replacement(Span(start, end), text),)) == Span(*moved)


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(
            {"range": {"start": {"line": 1, "character": 0}, "end": {"line": 0, "character": 0}}, "text": ""},
            id="reversed",
        ),
        pytest.param({"range": {"start": {"line": 0}}, "text": ""}, id="half-a-range"),
        pytest.param({"range": None}, id="no-text"),
        pytest.param({"text": 7}, id="number"),
        pytest.param("x", id="no-object"),
    ],
)
def test_a_change_that_does_not_fit_loses_the_document_until_all_of_it_is_sent(
    bad: Any,
) -> None:
    documents = opened("abc\n")
    document = documents.by_uri(URI)
    assert document is not None
    change(documents, 2, bad)
    assert document.lost
    change(documents, 3, at(0, 0, 0, "x"))
    assert document.lost
    change(documents, 4, {"text": "all"})
    assert (document.lost, document.snapshot.text) == (False, "all")


@pytest.mark.parametrize(
    ("versions", "reached", "known"),
    [
        pytest.param((2, 3, 4), 4, {1: 3, 2: 2, 3: 1, 4: 0, 5: None}, id="as-the-protocol-wants-it"),
        pytest.param((7, 7, 8), 8, {1: 3, 7: None, 8: 0}, id="repeated"),
        pytest.param((1, 1, 1), 1, {1: None}, id="never-counted"),
        pytest.param((9, 5, 3), 3, {1: 3, 9: 2, 5: 1, 3: 0}, id="decreasing"),
        pytest.param(("2", None, 2.5), 4, {1: 3, 2: 2, 3: 1, 4: 0}, id="no-numbers"),
    ],
)
def test_revisions_grow_whatever_the_client_counts(
    versions: tuple[object, ...], reached: int, known: dict[int, int | None]
) -> None:
    documents = opened("")
    document = documents.by_uri(URI)
    assert document is not None
    for version in versions:
        change(documents, version, at(0, 0, 0, "x"))
    assert (document.snapshot.text, document.revision, document.version) == ("xxx", 3, reached)
    for version, number in known.items():
        changes = document.since(version)
        assert (None if changes is None else len(changes)) == number
    assert [len(document.since_revision(revision) or ()) for revision in range(4)] == [3, 2, 1, 0]
    assert document.since_revision(4) is None


def test_a_message_without_changes_still_names_the_version() -> None:
    documents = opened("x")
    change(documents, 5)
    document = documents.by_uri(URI)
    assert document is not None
    assert (document.version, document.since(5), document.since(1)) == (5, (), ())


def test_what_the_log_has_forgotten_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kimi_lsp.server.documents.LOG_LENGTH", 3)
    documents = opened("")
    for version in range(2, 8):
        change(documents, version, at(0, 0, 0, "x"))
    document = documents.by_uri(URI)
    assert document is not None
    assert [document.since(version) is None for version in range(1, 8)] == [True] * 4 + [False] * 3


def test_two_names_of_one_file_are_two_documents(tmp_path: Path) -> None:
    real, link = tmp_path / "a.py", tmp_path / "link.py"
    real.touch()
    link.symlink_to(real)
    documents = Documents()
    first = documents.did_open(real.as_uri(), "python", 1, "first")
    second = documents.did_open(link.as_uri(), "python", 1, "second")
    assert (documents.by_uri(first.uri), documents.by_uri(second.uri)) == (first, second)
    change(documents, 2, {"text": "changed"}, uri=first.uri)
    assert (first.snapshot.text, second.snapshot.text) == ("changed", "second")
    documents.did_close(second.uri)
    assert documents.by_location(real.resolve()) is first
    documents.did_close(first.uri)
    assert documents.by_location(real.resolve()) is None
