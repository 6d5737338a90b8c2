"""What must happen before any answer: an emergency, a human, a question again, a polite refusal.

Judges one turn after the other and counts; owns no clock, says nothing, routes nothing. Its words
are in ``policy.toml``. A model's opinion of a turn adds to the words, and never takes from them.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

from sipagent.dialog.phrases import HIDDEN, Found, Pattern, find, pattern, turn_words, without
from sipagent.ports import Intent, Understanding
from sipagent.text.words import words

_FILE: Final = Path(__file__).with_suffix(".toml")
_NEAR: Final = 4  # words that a condition reaches


class VerdictKind(StrEnum):
    GO_ON = "go-on"
    EMERGENCY = "emergency"  # announce and route, never handle
    OUT_OF_SCOPE = "out-of-scope"  # decline
    HUMAN = "human"
    ASK_AGAIN = "ask-again"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``reason`` in kebab-case: which emergency ("fire"), which topic, why a human."""

    kind: VerdictKind
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """A turn. ``confidence`` is the recogniser's in its words, 0 to 1."""

    text: str
    confidence: float
    understanding: Understanding


@dataclass(frozen=True, slots=True)
class Topic:
    """Patterns that mean one thing, except beside the words of ``unless``."""

    name: str
    patterns: tuple[Pattern, ...]
    unless: frozenset[str]


@dataclass(frozen=True, slots=True)
class Guards:
    """What keeps a pattern from meaning what it says."""

    idioms: tuple[Pattern, ...]
    negators: frozenset[str]
    small: frozenset[str]
    weak_negators: frozenset[str]
    weak_small: frozenset[str]
    conditions: frozenset[str]
    no_condition_after: frozenset[str]
    past: tuple[Pattern, ...]
    present: frozenset[str]

    @property
    def doubts(self) -> frozenset[str]:
        """Words beside which an analyst alone is not believed."""
        return self.negators | self.weak_negators | self.conditions


@dataclass(frozen=True, slots=True)
class PolicyWords:
    """The words of the policy, as ``policy.toml`` has them."""

    guards: Guards
    emergencies: tuple[Topic, ...]
    out_of_scope: tuple[Topic, ...]


@cache
def shipped_words() -> PolicyWords:
    """The package's own words."""
    return read_words(_FILE.read_text(encoding="utf-8"))


def read_words(toml: str) -> PolicyWords:
    """The words that a text in the form of ``policy.toml`` holds. Raises ``ValueError``."""
    table = tomllib.loads(toml)
    guards = table["guards"]
    return PolicyWords(
        Guards(
            idioms=_patterns(table["idioms"]),
            negators=frozenset(words(guards["negators"])),
            small=frozenset(words(guards["small"])),
            weak_negators=frozenset(words(guards["weak_negators"])),
            weak_small=frozenset(words(guards["weak_small"])),
            conditions=frozenset(words(guards["conditions"])),
            no_condition_after=frozenset(words(guards["no_condition_after"])),
            past=_patterns(guards["past"]),
            present=frozenset(words(guards["present"])),
        ),
        _topics(table["emergency"]),
        _topics(table["out-of-scope"]),
    )


def _patterns(lines: Sequence[str]) -> tuple[Pattern, ...]:
    return tuple(pattern(line) for line in lines)


def _topics(table: Mapping[str, Mapping[str, Any]]) -> tuple[Topic, ...]:
    return tuple(
        Topic(name, _patterns(one["patterns"]), frozenset(words(one.get("unless", ""))))
        for name, one in table.items()
    )


@dataclass(frozen=True, slots=True)
class Rules:
    """When a turn leads away from an answer. Sentiments are -1 to 1, confidences 0 to 1.

    A tenant whose own trade is one of the topics out of scope names it in ``in_scope``.
    """

    low_confidence: float = 0.55  # of the recogniser, below which a turn was not understood
    low_turns: int = 2  # so many in a row lead to a human; the ones before are asked again
    angry: float = -0.5
    angry_turns: int = 2  # so many, with no friendly turn between, lead to a human
    very_angry: float = -0.7  # once is enough
    friendly: float = 0.2
    unknown_turns: int = 3  # questions in a row without an answer
    sure_intent: float = 0.9  # of the analyst, that lets the intent alone decide
    in_scope: frozenset[str] = frozenset()
    words: PolicyWords = field(default_factory=shipped_words)


class Policy:
    """One call's policy. A copy judges on from where the original stands."""

    def __init__(self, rules: Rules | None = None) -> None:
        self._rules = rules or Rules()
        self._low_turns = 0
        self._angry_turns = 0
        self._unknown_turns = 0

    def judge(self, turn: Heard) -> Verdict:
        """What the turn asks for before any answer; an emergency goes before everything."""
        found = turn.understanding
        emergency = self._emergency(turn.text, found)
        if emergency:
            return Verdict(VerdictKind.EMERGENCY, emergency)
        if found.intent is Intent.HUMAN and found.confidence >= self._rules.sure_intent:
            return self._to_human("caller-asked")
        if turn.confidence < self._rules.low_confidence:
            self._low_turns += 1
            if self._low_turns >= self._rules.low_turns:
                return self._to_human("not-understood")
            return Verdict(VerdictKind.ASK_AGAIN, "low-confidence")
        self._low_turns = 0
        if self._is_angry(found.sentiment):
            return self._to_human("angry")
        topic = self._out_of_scope(turn.text)
        if topic:
            return Verdict(VerdictKind.OUT_OF_SCOPE, topic)
        return Verdict(VerdictKind.GO_ON)

    def answered(self) -> None:
        """The caller's question had an answer."""
        self._unknown_turns = 0

    def unknown(self) -> Verdict:
        """Nothing is known of what the caller asked: a human, once that happened too often."""
        self._unknown_turns += 1
        if self._unknown_turns >= self._rules.unknown_turns:
            return self._to_human("no-answer")
        return Verdict(VerdictKind.GO_ON)

    def _to_human(self, reason: str) -> Verdict:
        """Count anew: a caller whom no human could take begins afresh with us."""
        self._low_turns = self._angry_turns = self._unknown_turns = 0
        return Verdict(VerdictKind.HUMAN, reason)

    def _is_angry(self, sentiment: float) -> bool:
        if sentiment >= self._rules.friendly:
            self._angry_turns = 0
        elif sentiment <= self._rules.angry:
            self._angry_turns += 1
        enough = self._angry_turns >= self._rules.angry_turns
        return enough or sentiment <= self._rules.very_angry

    def _emergency(self, text: str, found: Understanding) -> str:
        """Which emergency the words tell of, or the analyst is sure of; empty for none."""
        guards = self._rules.words.guards
        spoken = turn_words(text)
        shown = without(guards.idioms, spoken)
        if _of_the_past(guards, shown):
            return ""
        guarded = shown != spoken or not guards.doubts.isdisjoint(shown)
        for topic in self._rules.words.emergencies:
            if topic.unless & set(shown):
                continue
            for one in find(topic.patterns, shown):
                if not (_denied(guards, shown, one) or _supposed(guards, shown, one.start)):
                    return topic.name
                guarded = True
        sure = found.intent is Intent.EMERGENCY and found.confidence >= self._rules.sure_intent
        return "unnamed" if sure and not guarded else ""

    def _out_of_scope(self, text: str) -> str:
        spoken = turn_words(text)
        for topic in self._rules.words.out_of_scope:
            if topic.name in self._rules.in_scope or topic.unless & set(spoken):
                continue
            if next(find(topic.patterns, spoken), None):
                return topic.name
        return ""


def _denied(guards: Guards, shown: Sequence[str], one: Found) -> bool:
    """Whether "no" or "there is not" stands before what was found, or before its last word."""
    places = [one.start]
    if not one.pattern.names(guards.negators):  # "not breathing" means what it says
        places.append(one.end - 1)
    return any(
        _after(guards.negators, guards.small, shown, place)
        or _after(guards.weak_negators, guards.weak_small, shown, place)
        for place in places
    )


def _after(heads: frozenset[str], small: frozenset[str], shown: Sequence[str], start: int) -> bool:
    for word in reversed(shown[:start]):
        if word in heads:
            return True
        if word not in small:
            return False
    return False


def _supposed(guards: Guards, shown: Sequence[str], start: int) -> bool:
    """Whether a condition stands shortly before a word: "what if there is a fire"."""
    for at in range(max(0, start - _NEAR), start):
        if shown[at] in guards.conditions:
            before = shown[at - 1] if at else HIDDEN
            return before not in guards.no_condition_after
    return False


def _of_the_past(guards: Guards, shown: Sequence[str]) -> bool:
    """Whether the turn tells of a time that is over, and of nothing that goes on."""
    return not guards.present & set(shown) and next(find(guards.past, shown), None) is not None
