"""What the provider could have cached, measured by the simulator (kimi.md, Prompt caching)."""

import itertools
from pathlib import Path

from tests.benchmarks.cache import WANTED, share, ten_actions, ten_turns


async def test_in_a_job_of_ten_turns(tmp_path: Path) -> None:
    exchanges = await ten_turns(tmp_path)
    assert share(exchanges) >= WANTED["one job of ten turns"]
    for before, now in itertools.pairwise(exchanges):
        assert now.request["tools"] == before.request["tools"]
        kept = now.request["messages"][: len(before.request["messages"])]
        assert kept == before.request["messages"]


async def test_across_ten_actions_in_one_workspace(tmp_path: Path) -> None:
    exchanges = await ten_actions(tmp_path)
    assert share(exchanges) >= WANTED["ten actions in one workspace"]
    systems = {str((e.request["tools"], e.request["messages"][0])) for e in exchanges}
    assert len(systems) == 1
