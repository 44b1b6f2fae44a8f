"""Every version of a record is the truth with typed errors, and says which of them it has.

A type of error strikes a version when its stored uniform is below the rate of the holder's quality: a better quality
has a subset of the errors of a worse one, and a future that changes the quality draws nothing anew.

Rates. `harsh` is near the shares counted on FEBRL4, a public synthetic set of 5,000 pairs made to be hard (there:
given name equal in both copies 67.8 %, family name 67.4 %, birth date 91.1 %; missing in the copy 4.7 %, 2.0 % and
4.0 %; names swapped 4.2 %). What is left there after missing and swapped stands here as one substituted letter; how
the rest of the dates divides into digit, swap and year only is an assumption, as are the rates of the other
romanisation and of missing prints, which FEBRL4 does not have. `clean` has a tenth of it and `typical` the geometric
mean of both: assumptions. FEBRL4 has one erroneous copy to a true one; here both sides of a comparison have errors.
"""

import numpy as np
from numpy.typing import NDArray

from sim.content.fields import TEXTS, Fields, Rows, column
from sim.content.names import GROUPS
from sim.content.people import OTHER, PASSPORT, People
from sim.draws import bits_many, identity, stream, unit_many

HARSH = {
    "transliteration": 0.15,     # the romanisation this place does not use, where the two differ
    "family_typo": 0.26,
    "given_typo": 0.23,
    "date_typo": 0.02,
    "day_month_swap": 0.03,      # only where the day can be a month, four days in ten
    "partial_date": 0.015,       # year only
    "name_order": 0.042,
    "family_missing": 0.020,
    "given_missing": 0.047,
    "date_missing": 0.040,
    "print_missing": 0.040,
}
ERRORS = tuple(HARSH)            # bit k of a set of errors is ERRORS[k]; they strike in this order
PRESETS = ("clean", "typical", "harsh")
RATES = np.outer((0.1, 0.1**0.5, 1.0), list(HARSH.values()))   # float[preset, error]

# Assumption: most systems copy the machine-readable zone of a passport where they do not write the script themselves.
PASSPORT_HABIT = 0.7

Bools = NDArray[np.bool_]
Words = NDArray[np.str_]


def record_ids(people: People, person: Rows, place: Rows) -> NDArray[np.uint64]:
    """The identity of the luck of what a place holds on a person: two 60-bit hashes, crossed.

    The kinds "person" and "place" cross to "record", so no other identity is met.
    """
    places = np.array([identity("place", code) for code in people.codes], np.uint64)
    return people.id[person] ^ places[place]


def versions(people: People, person: Rows, place: Rows, rates: NDArray[np.float64],
             serial: int) -> tuple[Fields, NDArray[np.uint32]]:
    """What places hold on persons, row by row, and the errors in it that changed a value (bits over ERRORS).

    rates   float[n, len(ERRORS)]: RATES of the place's quality
    serial  0 for the first version of a record, 1 once it was entered anew
    """
    ids = record_ids(people, person, place)
    strikes = np.column_stack([_u(people, ids, error, serial) < rates[:, k] for k, error in enumerate(ERRORS)])
    struck = dict(zip(ERRORS, strikes.T, strict=True))
    dice = bits_many(people.seed, 0, ids, 0, stream("error", "where"), serial)
    changed: dict[str, Bools] = {}
    family, given = _names(people, person, place, struck, dice, changed)
    text = {"family_name": family, "given_name": given, "birth_date": _dates(people, person, struck, dice, changed),
            "sex": np.array(["m", "f"])[people.sex[person]],
            "document": _number(people, person, "x"), "plate": _number(people, person, "p")}
    finger = np.where(struck["print_missing"], np.uint64(0), people.print[person])
    changed["print_missing"] = struck["print_missing"]
    template = bits_many(people.seed, 0, ids, 0, stream("template"), 0)
    errors = sum((changed[error].astype(np.uint32) << np.uint32(k) for k, error in enumerate(ERRORS)),
                 np.zeros(len(ids), np.uint32))
    return Fields({name: column(text[name]) for name in TEXTS}, finger, template), errors


def _u(people: People, ids: NDArray[np.uint64], error: str, serial: int) -> NDArray[np.float64]:
    return unit_many(bits_many(people.seed, 0, ids, 0, stream("error", error), serial))


def habits(people: People) -> NDArray[np.int64]:
    """PASSPORT or OTHER: how each place romanises each name group, int64[J, len(GROUPS)].

    A place that writes a script itself issues the passports of its speakers and uses their spelling; of Latin letters
    with marks every place has its own way.
    """
    ids = np.array([identity("place", code) for code in people.codes], np.uint64)
    table = np.empty((len(ids), len(GROUPS)), np.int64)
    for k, group in enumerate(GROUPS):
        u = unit_many(bits_many(people.seed, 0, ids, 0, stream("habit", group), 0))
        native = np.array([group != "Latn" and group in scripts for scripts in people.writes], bool)
        table[:, k] = np.where(native | (u < PASSPORT_HABIT), PASSPORT, OTHER)
    return table


def _names(people: People, person: Rows, place: Rows, struck: dict[str, Bools], dice: NDArray[np.uint64],
           changed: dict[str, Bools]) -> tuple[Words, Words]:
    usual = habits(people)[place, people.group[person]]
    scheme = np.where(struck["transliteration"], PASSPORT + OTHER - usual, usual)
    family, given = (np.strings.lower(name[person, scheme]) for name in (people.family, people.given))
    changed["transliteration"] = ((people.family[person, scheme] != people.family[person, usual])
                                  | (people.given[person, scheme] != people.given[person, usual]))
    changed["family_typo"] = _substitute(family, struck["family_typo"], dice, LETTERS)
    changed["given_typo"] = _substitute(given, struck["given_typo"], dice >> np.uint64(16), LETTERS)
    changed["name_order"] = struck["name_order"] & (family != given)
    family, given = (np.where(changed["name_order"], there, here) for here, there in ((family, given), (given, family)))
    for error, name in (("family_missing", family), ("given_missing", given)):
        changed[error] = struck[error]
        name[struck[error]] = ""
    return family, given


def _dates(people: People, person: Rows, struck: dict[str, Bools], dice: NDArray[np.uint64],
           changed: dict[str, Bools]) -> Words:
    birth = people.birth[person]
    day, month = birth % 100, birth // 100 % 100
    changed["day_month_swap"] = struck["day_month_swap"] & (day <= 12) & (day != month)
    swapped = birth // 10_000 * 10_000 + day * 100 + month
    date = np.where(changed["day_month_swap"], swapped, birth).astype("U8")
    changed["date_typo"] = _substitute(date, struck["date_typo"], dice >> np.uint64(32), DIGITS)
    for error, left in (("partial_date", 4), ("date_missing", 0)):
        changed[error] = struck[error]
        date[struck[error]] = date[struck[error]].astype(f"U{left}") if left else ""
    return date


LETTERS, DIGITS = "abcdefghijklmnopqrstuvwxyz", "0123456789"


def _substitute(values: Words, where: Bools, dice: NDArray[np.uint64], alphabet: str) -> Bools:
    """Replace, in place, one character of each struck value by another one; answers where."""
    for row in np.flatnonzero(where).tolist():
        text = str(values[row])
        die, spot = divmod(int(dice[row]) & 0xFFFFFF, len(text))
        old = alphabet.find(text[spot])
        new = alphabet[(old + 1 + die % (len(alphabet) - 1)) % len(alphabet)]
        values[row] = text[:spot] + new + text[spot + 1:]
    return where


def _number(people: People, person: Rows, prefix: str) -> Words:
    """One document and one vehicle for each person, entered without errors: checked digits and plates in view."""
    return np.strings.add(prefix, (people.id[person] % np.uint64(10**12)).astype("U12"))
