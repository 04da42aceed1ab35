"""Moors two boats and prints their bills."""

from datetime import date

from marina.berths import NoBerth, Pier
from marina.bills import bill
from marina.boats import Boat, longest


def main() -> None:
    """A day at the harbour office."""
    pier = Pier("North", berths=4, length=12.0, depth=2.6)
    boats = [Boat("Möwe", 9.5, 1.6, "Ada"), Boat("Albatros", 14.0, 2.2)]
    for boat in boats:
        try:
            print(boat.name, "lies in berth", pier.moor(boat))
        except NoBerth as error:
            print(boat.name, "has to go on:", error)
    print("longest:", longest(boats).name)
    for boat in boats:
        print(bill(boat, date(2026, 7, 1), date(2026, 7, 5)))


if __name__ == "__main__":
    main()
