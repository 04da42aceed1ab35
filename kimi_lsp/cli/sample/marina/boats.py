"""Boats, as the harbour office knows them."""

from dataclasses import dataclass
from typing import List, Optional


@dataclass(frozen=True)
class Boat:
    """A boat; lengths are in metres."""

    name: str
    length: float
    draught: float
    owner: Optional[str] = None

    def fits(self, depth):
        """Whether the boat floats at low water, with half a metre to spare."""
        if self.draught + 0.5 <= depth:
            return True
        else:
            return False


def longest(boats: List[Boat]) -> Optional[Boat]:
    """The longest of them, or None if there are none."""
    if len(boats) == 0:
        return None
    return sorted(boats, key=lambda boat: boat.length)[-1]


def names(boats: List[Boat]) -> List[str]:
    """Their names in alphabetical order."""
    return sorted(list(set([boat.name for boat in boats])))
