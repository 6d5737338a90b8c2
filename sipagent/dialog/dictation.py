"""A number that comes in several turns, said or keyed, put together. Owns no clock (D5)."""

from dataclasses import replace

from sipagent.ports import Expect, Kind
from sipagent.text.spoken_digits import digits_in


class Dictation:
    """The digits that the caller has given so far of the number he was asked for.

    >>> account = Expect(Kind.DIGITS, 8, 8)
    >>> number = Dictation()
    >>> number.add("two zero four eight", account), number.awaited(account).fewest
    (None, 4)
    >>> number.add("1735", account)
    '20481735'
    """

    def __init__(self) -> None:
        self._digits = ""

    def awaited(self, expect: Expect) -> Expect:
        """What is still to come of what was asked for."""
        given = len(self._digits)
        if expect.kind is not Kind.DIGITS or not given:
            return expect
        return replace(expect, fewest=max(1, expect.fewest - given), most=expect.most - given)

    def add(self, text: str, expect: Expect) -> str | None:
        """A turn with digits; the whole number, once there is enough of it.

        A caller who begins again from the start is believed.
        """
        said = digits_in(text)
        together = self._digits + said
        number = said if len(together) > expect.most else together
        if len(number) < expect.fewest:
            self._digits = number
            return None
        self._digits = ""
        return number
