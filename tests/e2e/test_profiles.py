"""Every client with a fix, an explanation and a refactoring over three files; all: ``python -m tests.profiles``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kimi_lsp.actions.ids import BUILT_IN
from tests.profiles.cells import CELLS
from tests.profiles.profile import PROFILES, Profile
from tests.profiles.run import Outcome, outcomes

FEW = [cell for cell in CELLS if cell.action in ("fix", "explain", "refactor")]
CANNOT = {"Kate": "offered", "by halves": "offered", "null": "offered"}
"""What becomes of a change over several files where the client does not make it; elsewhere it is applied."""


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name.replace(" ", "-"))
async def test_nothing_is_silent_and_nothing_is_lost(profile: Profile, tmp_path: Path) -> None:
    # ruff may be missing: then a client that sends no diagnostics of others has nothing to fix.
    found = await outcomes(replace(profile, sends="all"), tmp_path, FEW)
    assert {name: one.why for name, one in found.items() if one.bad} == {}
    assert (found["explain"].kind, found["refactor"].kind) == ("shown", CANNOT.get(profile.name, "applied"))
    assert found["fix"].kind == ("offered" if profile.name == "Kate" else "applied")


async def test_a_new_file_for_a_client_that_makes_none_is_an_edit_of_it(tmp_path: Path) -> None:
    profile = next(profile for profile in PROFILES if profile.name == "eglot 1.9")
    found = await outcomes(profile, tmp_path, [cell for cell in CELLS if cell.action == "test"])
    assert found == {"test": Outcome("offered")}


async def test_where_an_explanation_lies_is_told_whole(tmp_path: Path) -> None:
    profile = next(replace(profile, sends="all") for profile in PROFILES if profile.name == "Kate")
    found = await outcomes(profile, tmp_path, [cell for cell in CELLS if cell.action == "explainProblem"])
    assert found == {"explainProblem": Outcome("shown")}


def test_every_action_has_a_cell() -> None:
    assert {cell.action for cell in CELLS} == {*BUILT_IN, "shout"}
