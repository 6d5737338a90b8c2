"""A call's record as lines for a person: media time, who or what, and what happened.

Every event has a line; one that is not known here is shown with its fields. What came over the
wire cannot act on the terminal. Reads no file.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

Fields = Mapping[str, Any]

CONTEXT: Final = frozenset({"call", "tenant", "seq", "wall", "at_ms", "event"})
UNANSWERED: Final = 408
_ACTS: Final = re.compile(  # controls, line separators, bidi embeddings and isolates, surrogates
    r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: str) -> str:
    """``text`` with what would act on a terminal, or cannot be encoded, as JSON writes it.

    >>> printable("caf\\udce9 \\x1b[2J")
    'caf\\\\udce9 \\\\u001b[2J'
    """
    return _ACTS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def heading(first: Fields) -> list[str]:
    """What is true of the whole call, from the first line of its record."""
    told = [
        f"Call {first['call']}, tenant {first['tenant'] or '(none)'}, {first['wall']}",
        f"  dialled {first.get('dialled', '')} by {first.get('caller', '')} "
        f"from {first.get('source', '')} (trunk {first.get('trunk', '')})",
        f"  SIP Call-ID {first.get('sip_call_id', '')}, {first.get('user_agent', '')}",
    ]
    return [printable(text) for text in told]


def lines(record: Iterable[Fields]) -> Iterator[str]:
    """One or more lines for each event."""
    for event in record:
        at = f"{event['at_ms'] / 1000:8.2f}  "
        for who, text in _told(event):
            yield printable(f"{at}{who:<9}{text}".rstrip())
            at = " " * 10


def _told(event: Fields) -> list[tuple[str, str]]:
    teller = TELLERS.get(event["event"])
    return teller(event) if teller is not None else [("", _plain(event))]


def _plain(event: Fields) -> str:
    """An event's name and fields as they are."""
    given = [f"{name}={value}" for name, value in event.items() if name not in CONTEXT]
    return " ".join([event["event"], *given])


def _spoke(event: Fields) -> list[tuple[str, str]]:
    started, ended = event["started_ms"], event["ended_ms"]
    return [("caller", f"spoke from {started / 1000:.2f} to {ended / 1000:.2f} s")]


def _words(event: Fields) -> list[tuple[str, str]]:
    if not event["final"]:
        return [("", f"so far: “{event['text']}”")]
    sure = f"{event['language']}, {event['confidence']:.0%} sure, {event['compute_ms']} ms"
    return [("caller", f"“{event['text']}”" if event["text"] else "(no words)"), ("", sure)]


def _understood(event: Fields) -> list[tuple[str, str]]:
    sure = f"{event['confidence']:.0%} sure, by {event['by']}"
    return [("", f"{event['intent']}, mood {event['sentiment']:+.1f} ({sure})")]


def _timed(event: Fields) -> list[tuple[str, str]]:
    silence, words = f"silence {event['silence_ms']}", f"words {event['words_ms']}"
    thinking, voice = f"thinking {event['thinking_ms']}", f"voice {event['voice_ms']}"
    return [("", f"answers after {event['total_ms']} ms ({silence}, {words}; {thinking}, {voice})")]


def _reply(event: Fields) -> list[tuple[str, str]]:
    told = [("agent", f"“{event['text']}”")]
    if event["document"]:
        told.append(("", f"source: {event['document']}, {event['section']}"))
        if event["sentence"] != event["text"]:
            told.append(("", f"  “{event['sentence']}”"))
    else:
        told.append(("", f"prompt: {event['kind']}"))
    return told


def _interrupted(event: Fields) -> list[tuple[str, str]]:
    return [
        ("caller", f"interrupts by {event['by']}"),
        ("", f"heard: {event['heard'] or '(nothing)'}"),
        ("", f"cut:   {event['unheard'] or '(nothing)'}"),
    ]


def _quality(event: Fields) -> list[tuple[str, str]]:
    if not event["received"]:
        return [("leg", f"no RTP received; {event['sent']} packets sent")]
    gone = event["lost"] + event["discarded"]
    times = f"jitter {event['jitter_ms']:g} ms, round trip {event['round_trip_ms']:g} ms"
    return [("leg", f"MOS {event['mos']:.2f}: {gone} of {event['received']} gone, {times}")]


def _hung_up(event: Fields) -> list[tuple[str, str]]:
    """Where a peer does not answer us, it is nobody who hangs up."""
    status, reason = event["status"], event["reason"]
    if status == UNANSWERED:
        return [("leg", f"ended: {reason} ({status})")]
    return [("leg", f"hung up by {event['by']}: {status} {reason}")]


def _transfer(event: Fields) -> list[tuple[str, str]]:
    return [("transfer", f"{event['state']}: {event['detail']} ({event['desk']})")]


def _ended(event: Fields) -> list[tuple[str, str]]:
    detail = f": {event['detail']}" if event["detail"] else ""
    blame = f"by {event['blame']}"
    return [("end", f"{event['code']} ({blame}), {event['duration_ms'] / 1000:.1f} s{detail}")]


TELLERS: Final[Mapping[str, Callable[[Fields], list[tuple[str, str]]]]] = {
    "Ringing": lambda event: [("leg", "ringing")],
    "Answered": lambda event: [("leg", f"answered, {event['codec']} with {event['remote']}")],
    "DigitPressed": lambda event: [("caller", f"keys {event['digit']}")],
    "Held": lambda event: [("leg", "on hold")],
    "Retrieved": lambda event: [("leg", "off hold")],
    "Quality": _quality,
    "MediaStopped": lambda event: [("leg", f"no RTP for {event['silent_s']:g} s")],
    "HungUp": _hung_up,
    "SpeechStarted": lambda event: [("caller", "begins to speak")],
    "SpeechSustained": lambda event: [("caller", "goes on speaking")],
    "SpeechPaused": lambda event: [("caller", "pauses")],
    "SpeechResumed": lambda event: [("caller", "goes on")],
    "TurnEnded": _spoke,
    "WordsHeard": _words,
    "TurnUnderstood": _understood,
    "TurnTimed": _timed,
    "Judged": lambda event: [("policy", f"{event['verdict']} {event['reason']}")],
    "ToolRan": lambda event: [
        ("tool", f"{event['tool']}: {event['outcome']}, {event['took_ms']} ms")
    ],
    "ReplyBegun": _reply,
    "WordsPlayed": lambda event: [
        ("agent", "was heard to the end" if event["whole"] else f"was heard: {event['text']}")
    ],
    "Interrupted": _interrupted,
    "PlayoutPaused": lambda event: [("agent", "pauses")],
    "PlayoutResumed": lambda event: [("agent", "goes on")],
    "WishHeard": lambda event: [("caller", f"wants: {event['wish']}")],
    "NothingKnown": lambda event: [("agent", "knows no answer")],
    "EngineFailed": lambda event: [("engine", f"{event['engine']} failed: {event['detail']}")],
    "ReferAnswered": lambda event: [
        ("transfer", f"REFER answered {event['status']} {event['reason']}")
    ],
    "ReferNotified": lambda event: [
        ("transfer", f"NOTIFY {event['status'] or '(no status)'} {event['reason']}")
    ],
    "TransferStep": _transfer,
    "Ended": _ended,
}
