"""What becomes of values on a route of formats, value by value: equal to writing and reading whole records, and fast.

A route is the formats a record is written in and read from in turn: the sender's, that of the wire, the receiver's.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, log2

from sim.content.formats.format import FIELDS, LOSSES, Format


def convert(route: Sequence[Format], field: str, words: Sequence[str]) -> list[str]:
    """Each value as it is after the route, "" where nothing is left of it or nothing was there.

    words  values as written; give distinct ones, each costs a look-up at least
    """
    through = list(words)
    for format in route:
        through = format.through(field, through)
    return through


def losses(route: Sequence[Format], field: str, words: Sequence[str]) -> list[str]:
    """The cause of the first loss of each value on the route, one of LOSSES, "" where nothing was lost.

    Lost is what a comparison would see: capitals, blanks and marks between letters do not count, and of a native name
    only capitals do not.
    """
    causes = [""] * len(words)
    through = list(words)
    for format in route:
        after = format.through(field, through)
        causes = [cause or (format.loss(field, here) if here != there else "")
                  for cause, here, there in zip(causes, through, after, strict=True)]
        through = after
    return causes


def bits_lost(before: Sequence[str], after: Sequence[str], counts: Sequence[int] | None = None) -> float:
    """H(V | c(V)) in bits per value, over the values observed; of a function c that is H(V) - H(c(V)).

    before, after  each value and what became of it
    counts         how often each pair was observed; left out: once
    """
    pairs: Counter[tuple[str, str]] = Counter()
    for pair, count in zip(zip(before, after, strict=True), counts or [1] * len(before), strict=True):
        pairs[pair] += count
    ends: Counter[str] = Counter()
    for (_, end), count in pairs.items():
        ends[end] += count
    total = sum(pairs.values())
    # log2(1) is exactly 0, so that a one-to-one map loses exactly nothing.
    return fsum(count / total * log2(ends[end] / count) for (_, end), count in pairs.items() if count)


@dataclass(frozen=True)
class FieldLoss:
    """What a route loses of one field.

    values  records that have it
    shares  cause, each of LOSSES -> share of these
    bits    per value
    """

    values: int
    shares: dict[str, float]
    bits: float

    @property
    def share(self) -> float:
        """Share of the values that lost anything."""
        return fsum(self.shares.values())


def loss_table(route: Sequence[Format], records: Sequence[Mapping[str, str]]) -> dict[str, FieldLoss]:
    """Field -> what the route loses of it, for every field."""
    table = {}
    for field in FIELDS:
        held = Counter(value for record in records if (value := record.get(field, "")))
        words, counts = list(held), list(held.values())
        total = sum(counts)
        by_cause: Counter[str] = Counter()
        for cause, count in zip(losses(route, field, words), counts, strict=True):
            by_cause[cause] += count
        table[field] = FieldLoss(total, {cause: by_cause[cause] / total if total else 0.0 for cause in LOSSES},
                                 bits_lost(words, convert(route, field, words), counts))
    return table
