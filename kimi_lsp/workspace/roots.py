"""The folders of the workspace, and the names that files in them go by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, permutations
from pathlib import Path, PurePosixPath

Parts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Root:
    """One folder, resolved; the names of its files begin with ``label``, which is empty for the only root."""

    folder: Path
    label: Parts


@dataclass(frozen=True, slots=True)
class Roots:
    """Law: ``named(shown(x)) == x`` for every resolved file ``x`` inside, nested roots and all."""

    each: tuple[Root, ...]

    @classmethod
    def of(cls, folders: Sequence[Path]) -> Roots:
        """These folders, links resolved, each with the shortest label that no other can be taken for."""
        known = tuple(dict.fromkeys(folder.resolve() for folder in folders))
        labels = _labels(known) if len(known) > 1 else [()]
        return cls(tuple(map(Root, known, labels)))

    def around(self, location: Path) -> Root | None:
        """The innermost root that ``location`` is inside of."""
        inside = [root for root in self.each if location.is_relative_to(root.folder)]
        return max(inside, key=lambda root: len(root.folder.parts), default=None)

    def shown(self, location: Path) -> str:
        """The name of ``location``: relative to its root, POSIX; with several roots the root's label comes first."""
        root = self.around(location)
        if root is None:
            return location.as_posix()
        return PurePosixPath(*root.label, location.relative_to(root.folder).as_posix()).as_posix()

    def named(self, shown: PurePosixPath) -> Path | None:
        """The resolved location that a name with a label means; None where it begins with no label."""
        fitting = [root for root in self.each if shown.parts[: len(root.label)] == root.label]
        if not fitting:
            return None
        root = max(fitting, key=lambda root: len(root.label))
        return root.folder.joinpath(*shown.parts[len(root.label) :]).resolve()

    def relative(self, path: PurePosixPath) -> Iterator[Path]:
        """The resolved locations that a name without a label may mean, one in each root."""
        return (root.folder.joinpath(path).resolve() for root in self.each)


def _labels(folders: Sequence[Path]) -> list[Parts]:
    """Ends of the folders' paths, made longer until none is another's beginning.

    A root inside another may keep the other's label as its beginning: both then lead to the same files.
    """
    whole = [_parts(folder) for folder in folders]
    lengths = [1] * len(folders)
    while True:
        labels = [parts[-length:] for parts, length in zip(whole, lengths, strict=True)]
        longer: set[int] = set()
        for one, other in permutations(range(len(folders)), 2):
            if _clash(labels[one], folders[one], labels[other], folders[other]):
                can_grow = (number for number in (one, other) if lengths[number] < len(whole[number]))
                longer.update(islice(can_grow, 1))
        if not longer:
            return labels
        for number in longer:
            lengths[number] += 1


def _clash(label: Parts, folder: Path, other_label: Parts, other: Path) -> bool:
    """Whether a name that begins with ``other_label`` may be one of another file in ``folder``."""
    below = other_label[len(label) :]
    return other_label[: len(label)] == label and folder.joinpath(*below) != other


def _parts(folder: Path) -> Parts:
    """The parts of a path, its drive among them; none for the top."""
    return tuple(part for part in (folder.drive.strip("/\\"), *folder.parts[1:]) if part)
