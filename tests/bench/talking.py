"""How fast the offline chain answers and falls silent, measured on RTP at the caller."""

from pathlib import Path

from tests.bench.load import percentile
from tests.bench.report import Row
from tests.peers.phone import Phone
from tests.peers.processes import node

ROUNDS = 5
ENGLISH = (
    "@1 what are your opening hours on friday",
    "+1.5 how do i pay my water bill",
    "+1.5 how long does a refund take",
    "goodbye",
)
ARABIC = (
    "@1 ما هي ساعات العمل يوم الجمعة",
    "+1.5 كيف أدفع فاتورة المياه",
    "+1.5 كم يستغرق استرجاع المبلغ",
    "مع السلامة",
)


def talking(folder: Path) -> list[Row]:
    """One caller at a time, English and Arabic in turn; each interrupts three times."""
    folder.mkdir(parents=True, exist_ok=True)
    responses: list[float] = []
    barge_ins: list[float] = []
    with node(folder) as served:
        for number in range(ROUNDS):
            for language, steps in (("en", ENGLISH), ("ar", ARABIC)):
                place = folder / f"{language}{number}"
                talk = Phone(served, place, *steps, options=("--language", language)).talk()
                responses += talk.result["responses_ms"]
                barge_ins += talk.result["barge_ins_ms"]
    print(f"bench: {len(responses)} responses, {len(barge_ins)} barge-ins", flush=True)
    return [
        Row("response, p50", "ms", percentile(responses, 50), 700),
        Row("response, p95", "ms", percentile(responses, 95), 1000),
        Row("barge-in to silence, p50", "ms", percentile(barge_ins, 50), None),
        Row("barge-in to silence, p95", "ms", percentile(barge_ins, 95), 200),
    ]
