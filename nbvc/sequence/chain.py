"""An order into which items are put one by one."""

from __future__ import annotations


class Chain:
    """Numbers in an order into which more are put, behind one that is there; -1 is the start."""

    def __init__(self) -> None:
        """Start with none."""
        self.follows: dict[int, int] = {-1: -2}

    def __contains__(self, number: int) -> bool:
        """Return whether a number is there."""
        return number in self.follows

    def after(self, number: int) -> int:
        """Return the next number, or one below -1 at the end."""
        return self.follows[number]

    def put(self, number: int, behind: int) -> None:
        """Put a number behind one that is there."""
        self.follows[number] = self.follows[behind]
        self.follows[behind] = number

    def order(self) -> list[int]:
        """Return the numbers in order."""
        found = []
        number = self.follows[-1]
        while number >= 0:
            found.append(number)
            number = self.follows[number]
        return found
