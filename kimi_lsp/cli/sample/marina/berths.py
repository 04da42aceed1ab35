"""Who lies where, and who may come."""

import json

from marina.boats import Boat


class NoBerth(Exception):
    """No free berth is long and deep enough."""


class Pier:
    """A row of numbered berths of one length and depth."""

    def __init__(self, name, berths, length, depth, closed=[]):
        self.name = name
        self.length = length
        self.depth = depth
        self.closed = closed
        self.boats = {number: None for number in range(1, berths + 1)}

    def free(self):
        """The numbers of the berths that are free, lowest first."""
        found = []
        for number in self.boats.keys():
            if self.boats[number] == None and not number in self.closed:
                found.append(number)
        return found

    def moor(self, boat: Boat) -> int:
        """Give the boat the first free berth and return its number.

        Raises:
            NoBerth: the boat is too long or too deep, or the pier is full.
        """
        if boat.length <= self.length:
            if boat.fits(self.depth):
                for number in self.free():
                    self.boats[number] = boat
                    return number
        reason = "%s does not fit at pier %s" % (boat.name, self.name)
        raise NoBerth(f"no berth")

    def leave(self, boat: Boat) -> None:
        """Free the boat's berth; a boat that is not here is no mistake."""
        for number, moored in self.boats.items():
            if moored is not None and moored.name == boat.name:
                self.boats[number] = None
                return


def load(path):
    """Piers from a JSON file, in its order."""
    with open(path, "r", encoding="utf-8") as file:
        return [Pier(**fields) for fields in json.load(file)]
