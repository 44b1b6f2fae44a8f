"""What is held: how stale it is in closed form, what checks and audits take out of it, what an export leaves out.

Statistical tests are two-sided with false-alarm probability 1e-6, each with a twin that the same test refuses.
"""

import numpy as np
import pytest
from content_scenarios import CODES_OF_FIVE, SEARCHES, SEED, all_kinds, by, faultless, made, needs, scenario
from scipy import stats

from sim.content import people
from sim.content.asking import openers
from sim.content.errors import ERRORS
from sim.content.fields import TEXTS, differing
from sim.content.life import stale_since
from sim.content.silence import omissions
from sim.content.stock import keeping
from sim.scenario.holdings import Audits, Life, Reconciliation, Silence, Upkeep, Validation
from sim.units import DAY, YEAR

MANY = 40_000
NEVER = 2**63 - 1


def is_share(count, of, expected):
    return stats.binomtest(int(count), of, expected).pvalue > 1e-6


def audits(every="1 y", found="100 %", share="100 %"):
    return Audits(because="a test", every=every, found=found, time="1 h", share=share)


def validation(caught="60 %", share="100 %"):
    return Validation(because="a test", caught=caught, time="1 min", share=share)


# Staleness (Cho and Garcia-Molina 2000): changes at the rate mu, copies refreshed every T, read d later.

MU = 0.1
MOVES = Life(because="a test", moves=f"{100 * -np.expm1(-MU):.12f} %", marries="0 %", document="0 %")


def still(errors=None, upkeep=None, **changes):
    settings = {"persons": MANY, "records": 0, "alerts": 0, "kinds": {"suspect": "100 %"}, "changed": "0 %",
                "deleted": "0 %", "errors": faultless(**(errors or {})), "life": MOVES} | changes
    return scenario(CODES_OF_FIVE, **settings).model_copy(update={
        "upkeep": Upkeep() if upkeep is None else upkeep, "matcher": {"m": by("print")}})


def share_stale(delay, until, every="1 y", found="100 %"):
    """Of a record of everybody as it stood `delay` years before the end of a run, whether the address is stale then."""
    setting = still(upkeep=Upkeep(audits=audits(every, found)))
    result = made(setting, needs(MANY, 5, MANY), all_kinds(), until=until)
    read = until - int(delay * YEAR)
    stands = (result.records["created"] <= read) & (read < result.records["superseded"])
    assert stands.sum() == MANY
    return (result.stale_since[stands, TEXTS.index("address")] <= until).sum()


@pytest.mark.parametrize("until", [YEAR, YEAR // 2], ids=["all audited in the run", "half audited before it"])
@pytest.mark.parametrize(("delay", "expected"), [(0, 0.0483742), (0.2, 0.0672176)])
def test_copies_are_as_stale_as_the_closed_form_says(delay, expected, until):
    """Twins: audits a quarter less often, and such as find nine changes in ten."""
    assert expected == pytest.approx(1 - np.exp(-MU * delay) * -np.expm1(-MU) / MU, abs=1e-7)
    assert is_share(share_stale(delay, until), MANY, expected)
    if until == YEAR // 2:
        assert not is_share(share_stale(delay, until, every="456 d"), MANY, expected)
        assert not is_share(share_stale(delay, until, found="90 %"), MANY, expected)


@pytest.mark.parametrize("delay", [0.2, 1.0])
def test_a_live_answer_is_as_stale_as_the_time_it_travels(delay):
    """What is written now, against the truth `delay` years later, in the very words. Twin: 5 % more changes."""
    setting, count = still(persons=30_000), 30_000
    cast, until = people(setting, SEED), int(delay * YEAR)
    kept = keeping(cast, setting, omissions(SEED, cast.codes, None, None, until), until)
    now, then = needs(count, 5, count), needs(count, 5, count)
    then["arises"] = until
    written, later = openers(kept, now, TEXTS).written, openers(kept, then, TEXTS).written
    stale = differing(written, later)
    assert set(stale.tolist()) == {0, 1 << TEXTS.index("address")}
    assert is_share((stale > 0).sum(), count, -np.expm1(-MU * delay))
    assert not is_share((stale > 0).sum(), count, -np.expm1(-MU * delay * (1.3 if delay < 1 else 1.15)))
    since = stale_since(kept.changes(now["subject"].astype(np.int64)), np.zeros(count, np.int64))
    assert ((since <= until).any(axis=1) == (stale > 0)).all()


def test_a_version_says_what_was_true_unless_an_audit_has_brought_the_change_in():
    """Stale are the very versions whose words are not those that their place would write at the end."""
    setting, until = still(persons=5_000, upkeep=Upkeep(audits=audits("2 y", "70 %"))), YEAR
    result = made(setting, needs(5_000, 5, 5_000), all_kinds(), until=until)
    behind, rows = result.altered.args[0], result.records
    at_the_end = needs(len(rows), 5, 5_000)
    at_the_end["subject"], at_the_end["opener"], at_the_end["arises"] = rows["person"], rows["place"], until
    differ = differing(behind.own.held.written, openers(behind.kept, at_the_end, TEXTS).written)
    stale = result.stale_since[:, TEXTS.index("address")] < until
    assert ((differ > 0) == stale).all()
    assert 100 < stale.sum() < len(stale) - 100
    assert len(rows) > 5_000


# More upkeep never adds an error.

SOME = 2_000
TABLE = needs(SOME, 5, SOME, known=15)


def at_work(upkeep=None, errors=None, field="birth_date", **changes):
    setting = still(errors, upkeep, persons=SOME, **{"life": None, "deleted": "20 %", **changes})
    return made(setting.model_copy(update={"matcher": {"m": by(field)}}), TABLE, all_kinds())


def errors_of(*given, **changes):
    """Bits of error of each record that stands at the start."""
    rows = at_work(*given, **changes).records
    return rows["errors"][(rows["created"] <= 0) & (rows["superseded"] > 0)]


def checked(**given):
    return {"upkeep": Upkeep(validation=validation(**given))}


def audited(**given):
    return {"upkeep": Upkeep(audits=audits(**given))}


TYPES = {name: "30 %" for name in ("date_missing", "insert", "day_month_swap", "sex_missing", "print_missing",
                                   "wrong_code", "name_swap", "ocr")}
MORE = {
    "a check": ({}, checked()),
    "a better check": (checked(caught="20 %"), checked(caught="70 %")),
    "a wider check": (checked(share="20 %"), checked()),
    "audits": ({}, audited(every="5 y", found="50 %")),
    "better audits": (audited(found="20 %"), audited(found="60 %")),
    "wider audits": (audited(share="20 %"), audited()),
    "a check too": (audited(found="50 %"), {"upkeep": Upkeep(audits=audits(found="50 %"), validation=validation())}),
    "training": ({}, {"training": 0.5}),
}


@pytest.mark.parametrize("name", MORE)
def test_more_upkeep_never_adds_an_error(name):
    less, more = (errors_of(errors=TYPES, **given) for given in MORE[name])
    assert len(less) == len(more)
    assert not (more & ~less).any()
    assert (more != less).sum() > 20


def test_a_check_takes_out_what_a_form_can_notice_only():
    kept = errors_of(Upkeep(validation=validation("100 %")), TYPES)
    names = {name for k, name in enumerate(ERRORS) if (kept >> np.uint64(k) & np.uint64(1)).any()}
    assert names == {"insert", "day_month_swap", "name_swap", "ocr"}


def test_audits_that_find_everything_leave_nothing_in_what_they_have_seen():
    result = at_work(Upkeep(audits=audits("60 d")), TYPES, deleted="90 %")
    rows = result.records
    long_ago = rows["created"] < -60 * DAY
    assert 0 < long_ago.sum() < len(rows)
    assert not rows["errors"][long_ago].any()
    assert rows["errors"][(rows["created"] < 0) & ~long_ago].any()
    mended = np.flatnonzero((rows["created"] > 0) & (np.diff(rows["record"], prepend=-1) == 0))
    assert len(mended) > SOME // 2
    assert not rows["errors"][mended].any()


@pytest.mark.parametrize(("field", "error"), [("birth_date", "date_missing"), ("document", "document_missing"),
                                              ("print", "print_missing")])
@pytest.mark.parametrize("name", MORE)
def test_more_upkeep_never_loses_a_hit_of_exact_keys(name, field, error):
    """Of errors that leave a field empty: two sides that err alike are no hit."""
    found = []
    for given in MORE[name]:
        rows = at_work(errors={error: "40 %"}, field=field, **given).candidates.rows
        found.append({int(row["need"]) for row in rows if row["created"] <= 0})
    assert found[0] <= found[1]
    unseen = "check" in name and error == "document_missing"       # no form misses what not everybody has
    assert (len(found[1]) > len(found[0]) + 20) != unseen


# Common random numbers.

def test_bringing_audits_in_moves_no_other_record():
    """Records that had no error at all are found by the same needs with the same scores, those on others too."""
    seen = []
    for upkeep in (Upkeep(), Upkeep(audits=audits("200 d", "80 %"))):
        setting = scenario(CODES_OF_FIVE, persons=1_000, records=200, changed="30 %", deleted="20 %", false="1 %")
        result = made(setting.model_copy(update={"upkeep": upkeep}), needs(1_000, 5, 1_000))
        rows, hits = result.records, result.candidates.rows
        seen.append(({tuple(row) for row in rows[["person", "place", "kind", "handling", "special", "alert"]].tolist()},
                     {(int(rows["person"][hit["version"]]), *hit[["need", "holder", "search", "score"]].tolist())
                      for hit in hits},
                     {int(row["person"]) for row in rows[rows["errors"] > 0]}))
    (who, hits, faulty), (who_then, hits_then, _) = seen
    subjects, subjects_then = ({row for row in some if row[0] < 1_000} for some in (who, who_then))
    assert subjects == subjects_then
    unmoved, unmoved_then = ({hit for hit in some if hit[0] not in faulty} for some in (hits, hits_then))
    assert unmoved == {hit for hit in unmoved_then if hit[0] in {row[0] for row in who}}
    assert len(unmoved) > 300
    assert any(hit[0] >= 1_000 for hit in unmoved)
    assert hits != hits_then


def test_audits_of_no_record_change_nothing():
    setting = scenario(CODES_OF_FIVE, persons=500)
    none, nobody = (made(setting.model_copy(update={"upkeep": upkeep}), needs(500, 5, 500))
                    for upkeep in (Upkeep(), Upkeep(audits=audits(share="0 %"))))
    for one, other in ((none.records, nobody.records), (none.candidates.rows, nobody.candidates.rows),
                       (none.wrong, nobody.wrong), (none.misses, nobody.misses), (none.events, nobody.events)):
        assert one.tobytes() == other.tobytes()


# Silence.

IN_COPIES = [search._replace(copies_at="hub") for search in SEARCHES]


def left_out(**given):
    """Half of what every state has entered in two months, noticed at some time or never."""
    silent = Silence(because="a test", places="100 %", records="50 %", since="60 d")
    setting = scenario(CODES_OF_FIVE, persons=1_000, records=100, alerts=100, deleted="90 %", false="2 %")
    setting = setting.model_copy(update={"silence": silent if given.pop("silent", True) else None, **given})
    return made(setting, needs(1_000, 5, 1_000), *SEARCHES, *IN_COPIES, places=("hub",))


def test_a_record_that_is_left_out_is_found_from_the_day_on_which_it_is_noticed():
    """In its place's own records and among copies, on subjects and on others; till then none of them is."""
    compared = Upkeep(reconciliation=Reconciliation(because="a test", every="150 d", noticed="60 %", time="1 h"))
    whole, part = left_out(silent=False), left_out(upkeep=compared)
    assert whole.records["findable"].tolist() == [0] * len(whole.records)
    findable = part.records["findable"]
    assert {0, NEVER} < set(findable.tolist())
    expected = whole.candidates.rows.copy()
    expected["created"] = np.maximum(expected["created"], findable[expected["version"]])
    expected = expected[expected["created"] < expected["superseded"]]
    assert part.candidates.rows.tobytes() == expected.tobytes()
    late = part.candidates.rows[((findable > 0) & (findable < NEVER))[part.candidates.rows["version"]]]
    assert set(late["search"] // len(SEARCHES)) == {0, 1}
    assert set(late["genuine"].tolist()) == {False, True}
    assert part.misses.tobytes() != whole.misses.tobytes()
    hidden = set(part.records["person"][findable > 0].tolist())
    assert hidden & set(whole.misses["need"].tolist())
    assert not hidden & set(part.misses["need"].tolist()), "what an export leaves out is no miss of a matcher"
