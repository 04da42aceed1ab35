"""What a stay costs."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from marina.boats import Boat

NIGHT = Decimal("2.40")
WINTER = {11, 12, 1, 2, 3}


def nights(arrival: date, departure: date) -> int:
    """Nights between two days; the day of departure is free."""
    return max((departure - arrival).days, 0)


def price(boat: Boat, arrival: date, departure: date) -> Decimal:
    """Euros for the stay: each metre and night, half of it in winter."""
    discount = Decimal("0.5")
    if arrival.month in WINTER:
        rate = NIGHT / 2
    else:
        rate = NIGHT
    return rate * Decimal(str(boat.length)) * nights(arrival, departure)


def bill(boat: Boat, arrival: date, departure: date) -> str:
    """One line for the harbour office's book."""
    amount = price(boat, arrival, departure)
    owner = boat.owner if boat.owner else "owner unknown"
    try:
        line = "{} ({}): {:.2f} EUR".format(boat.name, owner, amount)
    except ValueError as error:
        line = boat.name
    return line
