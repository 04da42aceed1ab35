from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.workspace.errors import Refused
from kimi_lsp.workspace.files import Files
from kimi_lsp.workspace.policy import Policy

NAMES = st.sampled_from(["p", "q", "r", "a b", "ä", "p.py"])
PATHS = st.lists(NAMES, max_size=4).map(lambda parts: Path("/", *parts))


@settings(deadline=None)
@given(
    roots=st.lists(PATHS, min_size=1, max_size=5),
    inside=st.lists(NAMES, min_size=1, max_size=4),
    data=st.data(),
)
def test_a_shown_name_leads_back_to_the_file(
    roots: list[Path], inside: list[str], data: st.DataObject
) -> None:
    policy = Policy.of(roots)
    location = data.draw(st.sampled_from(policy.roots)).joinpath(*inside).resolve()
    assert policy.locate(policy.shown(location)) == location
    assert policy.locate(str(location)) == location


@pytest.mark.parametrize(
    ("roots", "shown"),
    [
        pytest.param(["w/p"], ["f"], id="one"),
        pytest.param(["w/p", "w/q"], ["p/f", "q/f"], id="two"),
        pytest.param(["q/p", "x/p"], ["q/p/f", "x/p/f"], id="same-name"),
        pytest.param(["q/p", "x/p", "x/r"], ["q/p/f", "x/p/f", "r/f"], id="only-as-long-as-needed"),
        pytest.param(["w/p", "w/p/src"], ["p/f", "src/f"], id="nested"),
        pytest.param(["w/p", "w/p/p"], ["w/p/f", "p/p/f"], id="nested-same-name"),
        pytest.param(["a/p", "b/q", "p/q"], ["a/p/f", "b/q/f", "p/q/f"], id="a-label-begins-another"),
        pytest.param(["w/p", "w/p"], ["f", "f"], id="twice"),
    ],
)
def test_labels_tell_the_roots_apart(tmp_path: Path, roots: list[str], shown: list[str]) -> None:
    folders = [tmp_path / root for root in roots]
    policy = Policy.of(folders)
    assert [policy.shown(folder.resolve() / "f") for folder in folders] == shown


def test_a_file_of_the_other_root_of_the_same_name_is_left_alone(tmp_path: Path) -> None:
    for folder in ("q/p", "x/p"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.py").write_text(f"{folder}\n")
    view = Files(Policy.of([tmp_path / "q/p", tmp_path / "x/p"]), {})
    assert list(view.files()) == ["q/p/a.py", "x/p/a.py"]
    assert [view.snapshot(path).text for path in view.files()] == ["q/p\n", "x/p\n"]
    with pytest.raises(Refused, match=r"several folders of the workspace: q/p/a\.py, x/p/a\.py"):
        view.snapshot("a.py")


def test_a_nested_root_is_listed_once(tmp_path: Path) -> None:
    (tmp_path / "p" / "src").mkdir(parents=True)
    (tmp_path / "p" / "src" / "a.py").write_text("")
    view = Files(Policy.of([tmp_path / "p", tmp_path / "p" / "src"]), {})
    assert list(view.files()) == ["src/a.py"]


def test_a_backslash_parts_folders_unless_it_is_in_the_name(tmp_path: Path) -> None:
    policy = Policy.of([tmp_path])
    assert policy.shown(policy.locate("src\\new.py")) == "src/new.py"
    odd = tmp_path / "odd\\name.py"
    odd.write_text("")
    assert policy.locate("odd\\name.py") == odd.resolve()


@pytest.mark.parametrize(
    "path", ["a" * 5_000, "a/" * 3_000 + "b", "a/" * 1_900 + "b", "\ud800.py", "loop/a.py"], ids=range(5)
)
def test_what_can_be_no_path_is_refused_or_missing(tmp_path: Path, path: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    view = Files(Policy.of([tmp_path]), {})
    with pytest.raises(Exception, match=r"cannot be a path|does not exist") as raised:
        view.snapshot(path)
    assert type(raised.value).__module__ == "kimi_lsp.workspace.errors"
