"""References to pictures: where the menu sees one, and which file it is."""

from pathlib import Path

import pytest

from kimi_lsp.actions.action import Task
from kimi_lsp.actions.catalogue import by_id
from kimi_lsp.actions.engine import Means, run
from kimi_lsp.actions.image import image_reference, pictures
from kimi_lsp.actions.recorded import about, task_of
from kimi_lsp.actions.updates import Asking
from kimi_lsp.context.gather import gather
from kimi_lsp.edits.staging import Staging
from kimi_lsp.model.images import UnusablePicture
from kimi_lsp.model.scripted import Scripted, Turn
from kimi_lsp.settings import LimitSettings, Settings
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.errors import Missing, Refused, WorkspaceError
from kimi_lsp.workspace.files import Files
from kimi_lsp.workspace.policy import Policy
from tests.actions.test_catalogue import context
from tests.actions.test_engine import TEXT, Memory
from tests.model.pictures import png


@pytest.mark.parametrize(
    ("marked", "path"),
    [
        pytest.param('<img src="img/he$0ro.png">', "img/hero.png", id="html"),
        pytest.param('<im$0g class="a" src="hero.png" alt="x">', "hero.png", id="anywhere-in-the-tag"),
        pytest.param("<img src=hero.png a$0lt=x>", "hero.png", id="without-quotes"),
        pytest.param('<img src="a.png"><img src="b$0.png">', "b.png", id="the-one-at-the-cursor"),
        pytest.param("a { background: u$0rl(../a.webp) }", "../a.webp", id="css"),
        pytest.param("a { background: url( 'a$0.gif' ) }", "a.gif", id="css-with-quotes"),
        pytest.param("See ![the $0boat](boats/1.jpeg).", "boats/1.jpeg", id="markdown"),
        pytest.param('![](<my bo$0at.jpg> "title")', "my boat.jpg", id="markdown-with-spaces"),
        pytest.param('open("a.P$0NG")', "a.PNG", id="string"),
        pytest.param("open('a b$0.png', 'rb')", "a b.png", id="string-with-a-space"),
        pytest.param("const a = `a$0.png`", "a.png", id="backticks"),
        pytest.param('x = "😀😀"; y = "$0a.png"', "a.png", id="after-astral-characters"),
        pytest.param('<img src="/a.png?v=2#$0x">', "/a.png?v=2#x", id="query"),
        pytest.param('"$0a.png$0"', "a.png", id="selection"),
        pytest.param('"a.png"; $0x', None, id="beside"),
        pytest.param('"a.p$0ng"\n"b$0"', None, id="over-two-lines"),
        pytest.param('"https://x.org/a$0.png"', None, id="remote"),
        pytest.param('"//x.org/a$0.png"', None, id="remote-without-a-scheme"),
        pytest.param('"data:image/png;base64,a$0.png"', None, id="data-url"),
        pytest.param('f"{name}$0.png"', None, id="made-up-later"),
        pytest.param('"logo.svg$0"', None, id="svg"),
        pytest.param("url(a$0.woff2)", None, id="font"),
        pytest.param("$0", None, id="empty"),
        pytest.param("a.p$0ng", None, id="no-string"),
        pytest.param('"' * 3_000 + '$0"a.png"', "a.png", id="quotes-without-end"),
        pytest.param("x" * 50_000 + 'url("a$0.png")' + "y" * 50_000, "a.png", id="minified"),
    ],
)  # fmt: skip
def test_references(marked: str, path: str | None) -> None:
    found = context(marked, name="a.txt")
    targets = image_reference(found)
    assert [target.span.of(found.snapshot.text) for target in targets] == ([path] if path else [])


def test_titles_are_short() -> None:
    (target,) = image_reference(context(f'"img/{"x" * 90}$0.png?v=1"'))
    assert target.title == f"Kimi: Build from image `…{'x' * 35}.png`"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Pictures at ``web/img``, at the root, in an ignored folder and outside."""
    root = tmp_path / "root"
    for name in ("web/img/a.png", "top.png", "with space.png", "ignored/a.png", "../outside.png"):
        location = root / name
        location.parent.mkdir(parents=True, exist_ok=True)
        location.write_bytes(png())
    (root / ".gitignore").write_text("ignored/\n")
    (root / "web" / "folder.png").mkdir()
    return Files(Policy.of([root], 10), {})


def task_at(files: Files, reference: str) -> Task:
    (root,) = files.policy.roots
    text = f'<img src="{reference}">\n'
    (root / "web" / "a.html").write_text(text)
    at = text.index(reference)
    return Task(by_id("image"), "web/a.html", Span(at, at + len(reference)))


@pytest.mark.parametrize(
    "reference",
    ["img/a.png", "./img/a.png", "../top.png", "top.png", "/top.png", "/web/img/a.png?v=1", "../with%20space.png"],
)  # fmt: skip
def test_the_file_that_is_meant(files: Files, reference: str) -> None:
    roomy = Files(Policy.of(files.policy.roots), {})
    (url,) = pictures(task_at(roomy, reference), roomy)
    assert url.startswith("data:image/png;base64,")


@pytest.mark.parametrize(
    ("reference", "kind", "sentence"),
    [
        pytest.param("none.png", Missing, "web/none.png does not exist", id="missing"),
        pytest.param("../ignored/a.png", Refused, "ignored/a.png is ignored by .gitignore", id="ignored"),
        pytest.param(
            "../../outside.png", Refused, "../../outside.png is outside the workspace", id="outside"
        ),
        pytest.param("folder.png", Refused, "web/folder.png is not a regular file", id="folder"),
        pytest.param("x" * 900 + ".png", Missing, "does not exist", id="longer-than-names-are"),
        pytest.param("no picture", UnusablePicture, "set the cursor on one", id="no-reference"),
    ],
)
def test_what_is_refused(files: Files, reference: str, kind: type[Exception], sentence: str) -> None:
    roomy = Files(Policy.of(files.policy.roots), {})
    with pytest.raises(kind) as caught:
        pictures(task_at(roomy, reference), roomy)
    assert sentence in str(caught.value)
    assert issubclass(kind, (WorkspaceError, UnusablePicture))


def test_a_link_out_of_the_workspace_is_not_followed(files: Files) -> None:
    roomy = Files(Policy.of(files.policy.roots), {})
    (root,) = files.policy.roots
    (root / "web" / "link.png").symlink_to(root.parent / "outside.png")
    with pytest.raises(Refused, match="outside the workspace"):
        pictures(task_at(roomy, "link.png"), roomy)


def test_a_limit_for_texts_is_none_for_pictures(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('"a.png"')
    (tmp_path / "a.png").write_bytes(png(padding=4_000))
    files = Files(Policy.of([tmp_path], 2_000), {})
    assert pictures(Task(by_id("image"), "a.html", Span(1, 1)), files)


async def test_the_picture_goes_along_behind_the_text_and_counts_little() -> None:
    image, url = by_id("image"), "data:image/png;base64," + "A" * 1_000_000
    task = Task(image, "a.py", Span(0, 5), instruction="in blue", images=(url,))
    model, memory = Scripted([Turn(content="No."), Turn(content="No.")]), Memory(a_py=TEXT)
    gathered = gather(memory.snapshot("a.py"), None, task.span)
    staging = Staging(memory, allowed=image.tools)
    seen = [u async for u in run(task, gathered, staging, Means(model, LimitSettings(), 12_000))]
    text, picture = model.requests[0].messages[1]["content"]
    assert "The engineer asks: in blue\n" in text["text"]
    assert picture == {"type": "image_url", "image_url": {"url": url}}
    assert all(update.tokens < 10_000 for update in seen if isinstance(update, Asking))


def test_a_recording_keeps_the_picture() -> None:
    task = Task(by_id("image"), "a.py", Span(0, 5), images=("data:image/png;base64,AAAA",))
    assert task_of(about(task, Settings(), "kimi", None)) == task
