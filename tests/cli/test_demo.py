"""What the demo says where a part of it is not installed."""

import pytest

from kimi_lsp.__main__ import main


@pytest.mark.parametrize("arguments", [["demo"], ["demo", "--live"]])
def test_without_ruff_it_says_what_to_install(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in ("kimi_lsp.cli.ruff", "kimi_lsp.cli.simulate"):
        monkeypatch.setattr(f"{module}.find_spec", lambda name: None)
    assert main(arguments) == 1
    said = " ".join("".join(capsys.readouterr()).split())
    assert "ruff" in said
    assert "pip install 'kimi-lsp[demo]'" in said
