"""What a company keeps on its customers, found by a number that the caller gives."""

from typing import Protocol

from sipagent.ports.replies import Expect, Sentence
from sipagent.text.language import Language


class Records(Protocol):
    """Records under numbers of one length. Reading them changes nothing."""

    @property
    def expect(self) -> Expect:
        """The number that is asked for."""
        ...

    def wanted(self, text: str) -> bool:
        """Whether a turn asks for something that only a record tells."""
        ...

    def question(self, language: Language) -> Sentence:
        """What asks the caller for his number."""
        ...

    def again(self, digits: str, language: Language) -> Sentence:
        """What to say of a number that no record has."""
        ...

    def find(self, digits: str, language: Language) -> tuple[Sentence, ...] | None:
        """What the record under this number says; None where there is none."""
        ...
