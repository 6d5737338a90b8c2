"""How soon an agent answers and falls silent, on RTP at its callers, at 1, 20 and 50 calls.

The offline chain, and engines that only wait, so that what is the node's own can be told; a plain
pjsua2 echo of the same callers in the same run is the floor of both. Knows budgets, not packets.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from sipagent.config import HearingSettings
from sipagent.dialog.conversation import silences
from sipagent.dialog.turn_end import Heard, silence_ms
from sipagent.ports import Expect
from sipagent.text.language import Language
from tests.bench import delays
from tests.bench.load import percentile
from tests.bench.plots import spreads
from tests.bench.report import Findings, Row, grid
from tests.bench.response_run import STAGES, Profile, Run, Size, floor, run
from tests.bench.talkers import Said

SIZES: Final = (1, 20, 50)
FEW: Final = 10  # calls at once, of which one set would say little
OWN_MS: Final = {50: 40.0, 95: 60.0}
OFFLINE_MS: Final = {50: 700.0, 95: 1000.0}
BARGE_IN_MS: Final = 200.0
DECIDED_MS: Final = 60.0
SET_UP_MS: Final = 50.0
GAP_MS: Final = 25.0

RULES: Final = HearingSettings()
ENGINES_MS: Final = 1000 * (delays.ASR_S + delays.FIRST_TOKEN_S + delays.VOICE_S)


def _wanted_ms(text: str) -> int:
    """The silence that ends a turn of these words."""
    return silence_ms(Heard(text, Language.EN), Expect(), silences(RULES))


def path_ms(text: str) -> float:
    """How long an answer to these words takes where nothing is our own: the longer of the silence
    that ends the turn, and of the pause at which work begins with all engines after it."""
    return max(float(_wanted_ms(text)), RULES.pause_ms + ENGINES_MS)


FIXED: Final = Profile(
    "fixed",
    (Said(delays.WHOLE, delays.WHOLE_DBFS), Said(delays.BROKEN_OFF, delays.BROKEN_OFF_DBFS)),
    "tests.bench.delays",
    {f"ENGINES__{kind}": delays.NAME for kind in ("TRANSCRIBER", "RESPONDER", "ANALYST", "VOICE")},
    (path_ms(delays.WHOLE), path_ms(delays.BROKEN_OFF)),
)
OFFLINE: Final = Profile(
    "offline",
    (Said("what are your opening hours on friday"), Said("how do i pay my water bill")),
)
PROFILES: Final = {profile.name: profile for profile in (FIXED, OFFLINE)}
CAPTION: Final = f"""\
Response: from the last packet of the caller's speech over -45 dBFS to the first of 100 ms of the \
agent's packets over it, captured at the caller. Barge-in: from the caller's first audible packet \
over the agent to the agent's last; `from the decision`: from `PlayoutPaused` in the node's record \
to that packet. Floor: how much later the same speech ends when a plain pjsua2 sends it back.

Engines with fixed delays: recogniser {1000 * delays.ASR_S:.0f} ms, first token \
{1000 * delays.FIRST_TOKEN_S:.0f} ms, voice {1000 * delays.VOICE_S:.0f} ms. They begin at a pause \
of {RULES.pause_ms} ms, before the turn is certain, and overlap with the silence that ends it. So \
a response takes at least path = max(silence, {RULES.pause_ms} + {ENGINES_MS:.0f} ms), counted \
from where the VAD sees speech end. After {delays.WHOLE!r} a silence of \
{_wanted_ms(delays.WHOLE)} ms ends the turn, so the engines are the longer path: \
{FIXED.paths_ms[0]:.0f} ms. After {delays.BROKEN_OFF!r} the silence is: {FIXED.paths_ms[1]:.0f} ms.

Our own share = response - path - floor (its p50) - lag. Lag: how much later than the last audible \
packet the VAD sees speech end; by the same model on the sound that was sent, on average over the \
ways in which its windows of 32 ms can lie on packets.\
"""


def response(
    folder: Path,
    profiles: Sequence[Profile] = (FIXED, OFFLINE),
    sizes: Sequence[int] = SIZES,
) -> Findings:
    """Every profile at every size, the floor of that size beside it."""
    rows: list[Row] = []
    stages: list[list[str]] = []
    runs: list[tuple[Run, float]] = []
    for size in sizes:
        made = Size(size, turns=4) if size >= FEW else Size(size, turns=3, times=4)
        floors = floor(FIXED, folder / f"floor{size}", made)
        for profile in profiles:
            done = run(profile, folder / f"{_safe(profile.name)}{size}", made)
            floor_ms = percentile(floors, 50)
            rows += figures(done, floors)
            stages += _stages(done)
            runs.append((done, floor_ms))
    spreads(_spread(runs), {OWN: OWN_MS[95], BARGE_IN: BARGE_IN_MS}, folder / "response.png")
    return Findings(
        rows,
        baseline="plain pjsua2 echo",
        caption=CAPTION,
        more="\n\n".join(filter(None, (_where(runs), _own_record(stages)))),
    )


def _safe(name: str) -> str:
    """As a part of a folder's name."""
    return "".join(letter if letter.isalnum() else "-" for letter in name)


RESPONSE, OWN, BARGE_IN = "response", "our own share", "barge-in to silence"


def _spread(runs: Sequence[tuple[Run, float]]) -> Mapping[str, Mapping[str, Sequence[float]]]:
    named = {f"{done.profile.name}, {done.calls} calls": (done, floor) for done, floor in runs}
    own = {name: done.own_ms(floor_ms) for name, (done, floor_ms) in named.items()}
    return {
        RESPONSE: {name: done.responses_ms for name, (done, _) in named.items()},
        OWN: {name: values for name, values in own.items() if values},
        BARGE_IN: {name: done.barge_ins_ms for name, (done, _) in named.items()},
    }


def figures(done: Run, floors: Sequence[float]) -> list[Row]:
    """The rows of one run, with the floor of the same callers beside the responses."""
    name, judged = f"{done.profile.name}, {done.calls}", done.profile.paths_ms
    floor_ms = percentile(list(floors), 50)
    responses = done.responses_ms
    limits = OFFLINE_MS if done.profile.name == "offline" and done.calls == 1 else {}
    rows = [
        Row(
            f"{name}: response, p{share} of {len(responses)}",
            *("ms", percentile(responses, share), limits.get(share)),
            percentile(list(floors), share),
        )
        for share in (50, 95)
    ]
    return [*rows, *(_own(name, done, floor_ms) if judged else ()), *_others(name, done)]


def _own(name: str, done: Run, floor_ms: float) -> list[Row]:
    """Our own share: without the VAD's lag, with it, and after each of the things said."""
    rows = []
    for what, own in (
        (OWN, done.own_ms(floor_ms)),
        (f"{OWN} and the VAD's lag", done.own_ms(floor_ms, lag=True)),
    ):
        rows += [
            Row(f"{name}: {what}, p{share}", "ms", percentile(own, share), limit)
            for share, limit in OWN_MS.items()
        ]
    for kind, said in enumerate(done.profile.says):
        own = done.own_ms(floor_ms, kind=kind)
        rows += [
            Row(f"{name}: {OWN} after {said.text!r}, p{share}", "ms", percentile(own, share))
            for share in OWN_MS
        ]
    lags = list(done.lags_ms)
    return [*rows, Row(f"{name}: the VAD's lag, p50", "ms", percentile(lags, 50))]


def _others(name: str, done: Run) -> list[Row]:
    barge_ins, decided = done.barge_ins_ms, done.decided_ms
    unanswered = sum(one.response_ms is None for one in done.turns)
    rows = [
        Row(f"{name}: barge-in, p50 of {len(barge_ins)}", "ms", percentile(barge_ins, 50)),
        Row(f"{name}: barge-in, p95", "ms", percentile(barge_ins, 95), BARGE_IN_MS),
    ]
    if decided:
        last = percentile(decided, 95)
        rows.append(Row(f"{name}: barge-in from the decision, p95", "ms", last, DECIDED_MS))
    return [
        *rows,
        Row(
            f"{name}: INVITE to 200 OK, p95", "ms", percentile(list(done.set_up_ms), 95), SET_UP_MS
        ),
        Row(
            f"{name}: gap between RTP packets, p99.9",
            "ms",
            percentile(list(done.gaps_ms), 99.9),
            GAP_MS,
        ),
        Row(f"{name}: turns not answered, of {len(done.turns)}", "", unanswered, 0),
        Row(f"{name}: calls failed", "", done.failed, 0),
    ]


def _stages(done: Run) -> list[list[str]]:
    """The node's own record of its stages, where there is one."""
    if not done.stages:
        return []
    cells = [
        f"{percentile(list(done.stages[stage]), 50):.0f}, "
        f"{percentile(list(done.stages[stage]), 95):.0f}"
        for stage in STAGES
    ]
    return [[f"{done.profile.name}, {done.calls}", *cells]]


def _where(runs: Sequence[tuple[Run, float]]) -> str:
    """Where the time of a response goes, at the median, for each thing said."""
    head = [
        *("ms at p50", "floor", "VAD's lag", "silence", "engines beyond it", "our own"),
        *("budget", "response"),
    ]
    lines = []
    for done, floor_ms in runs:
        for kind, path in enumerate(done.profile.paths_ms):
            said = done.profile.says[kind].text
            own = percentile(done.own_ms(floor_ms, kind=kind), 50)
            responses = [one.response_ms for one in done.turns if one.kind == kind]
            heard = percentile([ms for ms in responses if ms is not None], 50)
            silence = _wanted_ms(said)
            lag = heard - floor_ms - path - own
            times = [floor_ms, lag, silence, path - silence, own, OWN_MS[50], heard]
            name = f"{done.profile.name}, {done.calls}: {said!r}"
            lines.append([name, *(f"{time:.0f}" for time in times)])
    return f"Where the time goes.\n\n{grid(head, lines)}" if lines else ""


def _own_record(lines: Sequence[Sequence[str]]) -> str:
    if not lines:
        return ""
    head = ["p50, p95 in ms", *(stage.removesuffix("_ms") for stage in STAGES)]
    return (
        "What the node's own record (`TurnTimed`) says of the stages, from within: what ran in the "
        f"silence costs nothing of its own.\n\n{grid(head, lines)}"
    )
