"""Build from image over a real pipe: the picture reaches the model, or the user is told why not."""

import asyncio
import base64
from pathlib import Path

import pytest
from lsprotocol import types

from kimi_lsp.__main__ import main
from tests.e2e.editor import editing
from tests.e2e.test_main_job import ENCODINGS, edit
from tests.model.pictures import png

PAGE = '<body>\n<p>😀</p><img src="img/hero.png">\n</body>\n'
BUILT = [edit('<img src="img/hero.png">', "<h1>Marina</h1>", "a.html"), {"content": "Built the heading."}]


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_the_picture_goes_along(tmp_path: Path, encoding: str) -> None:
    async with editing(tmp_path, BUILT, encoding=encoding) as (editor, exchanges):
        (editor.root / "img").mkdir()
        (editor.root / "img" / "hero.png").write_bytes(png())
        document = editor.open("a.html", PAGE, "html")
        action = next(a for a in await editor.menu(document, "hero") if "image" in a.title)
        assert (action.title, action.kind) == (
            "Kimi: Build from image `hero.png`",
            types.CodeActionKind.RefactorRewrite,
        )
        await editor.run(action)
        assert document.text == PAGE.replace('<img src="img/hero.png">', "<h1>Marina</h1>")
        text, picture = exchanges[0].request["messages"][1]["content"]
        assert "The picture that follows" in text["text"]
        head, _, data = picture["image_url"]["url"].partition(",")
        assert (head, base64.b64decode(data)) == ("data:image/png;base64", png())
        assert exchanges[1].request["messages"][:2] == exchanges[0].request["messages"]


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        pytest.param(None, "img/hero.png does not exist", id="missing"),
        pytest.param(b"<svg/>", "img/hero.png is not a PNG, JPEG, GIF or WebP picture", id="another-kind"),
    ],
)
async def test_what_cannot_be_sent_is_said(tmp_path: Path, raw: bytes | None, sentence: str) -> None:
    async with editing(tmp_path, BUILT) as (editor, exchanges):
        if raw is not None:
            (editor.root / "img").mkdir()
            (editor.root / "img" / "hero.png").write_bytes(raw)
        document = editor.open("a.html", PAGE, "html")
        action = next(a for a in await editor.menu(document, "hero") if "image" in a.title)
        said = await editor.run(action)
        assert sentence in said[-1]
        assert editor.messages() == [f"{said[0]}: {said[-1]}"]
        assert exchanges == []


async def test_it_is_recorded_and_runs_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = {"recording": {"folder": str(tmp_path / "jobs")}}
    async with editing(tmp_path, BUILT, options=options) as (editor, _):
        (editor.root / "img").mkdir()
        (editor.root / "img" / "hero.png").write_bytes(png())
        document = editor.open("a.html", PAGE, "html")
        await editor.run(next(a for a in await editor.menu(document, "hero") if "image" in a.title))
    (file,) = (tmp_path / "jobs").iterdir()
    redacted = tmp_path / "redacted.jsonl"
    for arguments in ([str(file)], [str(file), "--redact", str(redacted)], [str(redacted)]):
        assert await asyncio.to_thread(main, ["replay", *arguments]) == 0, capsys.readouterr().out
    assert base64.b64encode(png()).decode() in file.read_text()
    assert base64.b64encode(png()).decode() not in redacted.read_text()
