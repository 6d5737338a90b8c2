"""What the last words of a sentence leave open: a rule for each kind of word, first come first.

A rule takes the folded words of a turn and gives how complete they are, 0 to 1, or None where it
has nothing to say. The scale is that of ``completeness``, which asks these rules.
"""

from collections.abc import Callable
from typing import Final

from sipagent.text.dangling import (
    ASKING_AR,
    ASKING_EN,
    AUXILIARIES,
    DETERMINERS,
    MAY_WANT_OBJECT,
    MENTAL,
    NEVER_LAST,
    PARTICLE_VERBS,
    PARTICLES,
    PREPOSITIONS,
    SUBJECTS,
    WANT_OBJECT,
)
from sipagent.text.yes_no import yes_or_no

Words = tuple[str, ...]
Rule = Callable[[Words], float | None]


def _never_last(spoken: Words) -> float | None:
    return 0.03 if spoken[-1] in NEVER_LAST else None


def _particle(spoken: Words) -> float | None:
    """Prepositions want a noun, unless they end a question or belong to a verb."""
    last = spoken[-1]
    if last not in PREPOSITIONS | PARTICLES:
        return None
    if last in PARTICLES and PARTICLE_VERBS & set(spoken[-5:-1]):
        return 0.72
    if last not in PREPOSITIONS:
        return 0.65
    if last in {"on", "off"} and spoken[-2:-1] in {("is",), ("isn't",), ("not",), ("was",)}:
        return 0.5
    asked = any(word in ASKING_EN for word in spoken[:4])
    if asked and len(spoken) > 3 and spoken[-2] not in DETERMINERS and last != "of":
        return 0.35 if last == "to" and spoken[-2] in {"want", "need", "have"} else 0.86
    return 0.03


def _auxiliary(spoken: Words) -> float | None:
    last, before = spoken[-1], spoken[-2] if len(spoken) > 1 else ""
    if last not in AUXILIARIES:
        return None
    if last == "not":
        return 0.9 if before in {"or", "why", "hope", "guess", "probably", "maybe"} else 0.08
    if yes_or_no(spoken[0]) is not None and before in SUBJECTS and len(spoken) <= 4:
        return 0.85  # "yes i do"
    if before in SUBJECTS and {"as", "if", "whatever", "whenever"} & set(spoken[-4:-2]):
        return 0.75  # "as soon as you can"
    asked = any(word in ASKING_EN for word in spoken[:-2])
    if last in {"do", "have", "has", "done"} and asked and before in SUBJECTS:
        return 0.8  # "what should i do"
    if before in SUBJECTS and asked:
        return 0.65  # "where it is"
    return 0.35 if last.endswith("n't") and before in SUBJECTS else 0.05


def _pronoun(spoken: Words) -> float | None:
    """ "can you", "tell me": a pronoun that waits for its verb, or for what is told."""
    last, before = spoken[-1], spoken[-2] if len(spoken) > 1 else ""
    if last in {"you", "it", "that", "this", "there"} and before in AUXILIARIES:
        copula = before in {"is", "are", "was", "were"} and ASKING_EN & set(spoken[:-2])
        return 0.85 if copula else 0.08
    if last == "me" and before in {"tell", "give", "send", "show", "let", "bring", "get", "ask"}:
        return 0.12
    if last == "that" and before in MENTAL:
        return 0.1
    if (before, last) in {("and", "then"), ("and", "also"), ("but", "then")}:
        return 0.08
    if last == "so":
        return 0.85 if before in {"think", "guess", "hope", "believe", "suppose"} else 0.1
    return None


def _english_verb(spoken: Words) -> float | None:
    last, before = spoken[-1], spoken[-2] if len(spoken) > 1 else ""
    asked = bool(ASKING_EN & set(spoken[:-1])) or "all" in spoken[:-1]
    if last == "no" and before == "to":
        return 0.1  # "i want to know", as it sounds
    if last == "know":
        if before in {"don't", "didn't", "not", "me", "i", "already"}:
            return 0.85
        return 0.1 if before in {"to", "you"} else 0.5
    if last == "much":
        return 0.6 if before == "how" else 0.75
    if last == "like":
        return 0.05
    if last in ASKING_EN:
        if len(spoken) == 1 or "don't" in spoken:
            return 0.75
        return 0.3 if before in {"know", "ask", "me", "understand"} else 0.5
    if last in WANT_OBJECT:
        return 0.75 if asked and before in SUBJECTS | {"to"} else 0.06
    if last in MAY_WANT_OBJECT:
        return 0.75 if asked or before in {"already", "just", "have", "i've", "was"} else 0.35
    return None


def _arabic_verb(spoken: Words) -> float | None:
    last, before = spoken[-1], spoken[-2] if len(spoken) > 1 else ""
    if last in {"في", "فيه"}:
        return 0.4 if before in {"ما", "مافي"} else 0.05
    if last == "بس":
        return 0.35
    if last in ASKING_AR:
        if len(spoken) == 1 or {"ما", "لا"} & set(spoken[:-1]):
            return 0.72 if last not in {"كم", "هل"} else 0.3
        return 0.03 if last == "هل" else 0.3
    if before in {"ما", "لا", "مب", "مو"}:
        if last in {"ادري", "اعرف", "افهم", "اذكر", "فاهم", "سامع"}:
            return 0.88
        if last in WANT_OBJECT:
            return 0.5
    if before == "ان" and len(spoken) > 2:
        before = spoken[-3]  # "أريد أن أعرف"
    if last in WANT_OBJECT or (before in WANT_OBJECT and last in {"اعرف", "اسال", "اشوف"}):
        return 0.06
    if last in {"هو", "هي"} and not ASKING_AR & set(spoken):
        return 0.2
    return 0.4 if last in MAY_WANT_OBJECT else None


ENGLISH: Final[tuple[Rule, ...]] = (_never_last, _particle, _auxiliary, _pronoun, _english_verb)
ARABIC: Final[tuple[Rule, ...]] = (_never_last, _arabic_verb)
