"""Which words left the node."""

from sipagent.media.ledger import Ledger
from sipagent.media.playout import PortPlayout
from sipagent.ports import Cut, Speech, SpokenWord
from sipagent.text.language import Language


class Port:
    """A fake ``PcmPort``: a list of samples that moves when it is told to."""

    def __init__(self) -> None:
        self.written = self.at = 0
        self.paused = False

    def read(self) -> bytes:
        return b""

    def write(self, pcm: bytes) -> int:
        self.written += len(pcm) // 2
        return self.written

    def flush(self) -> int:
        cut, self.at = self.at, self.written
        return cut

    def pause(self) -> int:
        self.paused = True
        return self.at

    def resume(self) -> None:
        self.paused = False

    def position(self) -> int:
        return self.at

    def room(self) -> int:
        return 480_000

    def lost(self) -> int:
        return 0


def clause(*words: str) -> Speech:
    """Each word lasts 1,000 samples."""
    spoken = tuple(
        SpokenWord(word, index * 1000, index * 1000 + 1000) for index, word in enumerate(words)
    )
    text = " ".join(words)
    return Speech(text, Language.EN, bytes(2000 * len(words)), 8000, spoken)


def test_a_word_counts_when_its_last_sample_left() -> None:
    ledger = Ledger()
    ledger.wrote([("one", 1000), ("two", 2000)], start=500)
    assert ledger.cut(at=2499) == Cut(heard="one", unheard="two")


def test_a_cut_forgets_what_it_told() -> None:
    ledger = Ledger()
    ledger.wrote([("one", 1000)], start=0)
    ledger.cut(at=1000)
    assert ledger.cut(at=5000) == Cut(heard="", unheard="")


async def test_what_is_cut_tells_heard_from_unheard_across_clauses() -> None:
    port = Port()
    playout = PortPlayout(port, 8000)
    await playout.play(clause("we", "open"))
    await playout.play(clause("at", "eight"))
    port.at = 3000
    assert playout.cut() == Cut(heard="we open at", unheard="eight")
    assert not playout.busy


async def test_words_after_a_cut_stand_at_their_own_offsets() -> None:
    port = Port()
    playout = PortPlayout(port, 8000)
    await playout.play(clause("never", "heard"))
    playout.cut()
    await playout.play(clause("heard", "now"))
    port.at += 1000
    assert playout.cut() == Cut(heard="heard", unheard="now")


async def test_a_cut_ends_a_pause() -> None:
    port = Port()
    playout = PortPlayout(port, 8000)
    await playout.play(clause("hello"))
    playout.pause()
    assert port.paused
    playout.cut()
    assert not port.paused
    assert not playout.paused


async def test_drained_waits_for_the_last_sample_and_tells_all_words() -> None:
    port = Port()
    playout = PortPlayout(port, 8000)
    await playout.play(clause("hello", "there"))
    port.at = port.written
    assert await playout.drained() == Cut(heard="hello there", unheard="")
