"""Seven protocols in a world of five members, on both engines with the real transport: facts beyond need over all
orders of asking, and then, over all secrets, the bits that each adversary learns, held to closed forms."""

from functools import cache
from itertools import permutations, product
from math import log2

import numpy as np
import pytest
from tiny_protocols import NECESSARY, PROTOCOLS
from tiny_world import ASKER, MEMBERS, Tiny

from sim.leakage import adversaries as seen
from sim.leakage import channels as ch
from sim.leakage import estimate, forms
from sim.leakage import mechanisms as made
from sim.metrics import leakage
from sim.script import BIT, FORMS

OTHERS = tuple(range(1, len(MEMBERS)))
ORDERS = tuple(permutations(OTHERS))
PERSONS = (10, 11, 12, 13)


@cache
def over_all_orders(protocol):
    """One need for each holder and order of asking."""
    return Tiny(protocol, [(PERSONS[0], holder, order) for holder in OTHERS for order in ORDERS])


@cache
def over_all_secrets(protocol):
    """One need for each holder, subject and order of asking, each subject with a record of its own."""
    return Tiny(protocol, [(person, holder, order) for holder in OTHERS for person in PERSONS for order in ORDERS])


def facts_of(tiny):
    return [leakage.facts(tiny.view(need), NECESSARY) for need in range(len(tiny.needs.rows))]


@pytest.mark.parametrize(("protocol", "learnt", "excess"), [
    ("directed", 7, 2), ("directed, fewer fields", 5, 0), ("broadcast", 16, 11), ("hub reads all", 14, 9),
    ("hub, sealed answer", 10, 5), ("intersection, then directed", 7, 2)])
def test_facts_beyond_need_whatever_the_order(protocol, learnt, excess):
    found = facts_of(over_all_orders(protocol))
    assert {(facts.learnt, sum(facts.excess)) for facts in found} == {(learnt, excess)}
    assert {(facts.needed, facts.necessary) for facts in found} == {(5, 5)}


def test_one_by_one_tells_two_and_a_half_members_on_average():
    found = [sum(facts.excess) for facts in facts_of(over_all_orders("one by one"))]
    assert np.mean(found) == 6.5
    assert sorted(set(found)) == [2, 5, 8, 11]                # the first to the last of four holds it
    told = [facts.learnt - 4 for facts in facts_of(over_all_orders("one by one"))]
    assert np.mean(told) == 3 * made.told_one_by_one(len(OTHERS))


def test_an_intersection_gives_a_bit_of_each():
    tiny = over_all_orders("intersection, then directed")
    bits = tiny.run.ledger.disclosures["form"] == FORMS.index(BIT)
    assert (np.bincount(tiny.joined.told_need[bits]) == 4).all()


@pytest.mark.parametrize("held", [True, False])
def test_members_told_one_by_one_of_eight(held):
    members = tuple(f"M{k}" for k in range(9))
    orders = [tuple(np.roll(range(1, 9), -k).tolist()) for k in range(8)]
    tiny = Tiny("one by one", [(10, holder if held else None, order) for holder in range(1, 9) for order in orders],
                members)
    queries = np.count_nonzero(tiny.joined.told_of == 0)
    assert queries / len(tiny.needs.rows) == (4.5 if held else 8) == made.told_one_by_one(8, held)


# Bits: the views of all secrets make a channel.

SECRET_OF = {seen.LOCATION: lambda tiny, need: int(tiny.truth.holder[need].argmax()),
             seen.IDENTITY: lambda tiny, need: int(tiny.needs.rows["subject"][need]),
             seen.INTEREST: lambda tiny, need: bool(tiny.needs.rows["subject"][need] == PERSONS[0])}


@cache
def traffic(protocol):
    tiny = over_all_secrets(protocol)
    return [tiny.traffic(need) for need in range(len(tiny.needs.rows))]


def bits(protocol, secret, adversary, *given):
    """(min-entropy leakage, Shannon leakage), all other things uniform. Interest: is it the first person or another."""
    tiny, views = over_all_secrets(protocol), {}
    for need, rows in enumerate(traffic(protocol)):
        view, of = adversary(rows, *given), views.setdefault(SECRET_OF[secret](tiny, need), {})
        of[view] = of.get(view, 0) + 1
    many = [sum(of.values()) for of in views.values()]
    matrix = ch.of_views([{view: times / n for view, times in of.items()}
                          for of, n in zip(views.values(), many, strict=True)])
    prior = np.array(many) / sum(many)
    return ch.min_entropy_leakage(prior, matrix), ch.mutual_information(prior, matrix)


def close(found, *expected):
    assert found == pytest.approx(expected, abs=1e-9)


FULL = log2(len(PERSONS))
HUB, MEMBER = len(MEMBERS), 1
# A member sees the query with this chance, and then knows the subject; else it has seen nothing of it.
ASKED = {"directed": 1 / 4, "directed, fewer fields": 1 / 4, "broadcast": 1, "hub reads all": 1 / 4,
         "hub, sealed answer": 1 / 4, "intersection, then directed": 1 / 4, "one by one": 5 / 8}


def told_with_chance(p):
    """The person is seen with chance p, else nothing."""
    return log2(p * len(PERSONS) + 1 - p), p * FULL


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_one_member_learns_of_the_identity(protocol):
    close(bits(protocol, seen.IDENTITY, seen.compromised_member, MEMBER), *told_with_chance(ASKED[protocol]))


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("many", [2, 3, 4])
def test_what_a_coalition_learns_of_the_identity(protocol, many):
    """Some of them is asked: the holder among them, or, one by one, not all of them after the holder."""
    apart = 1 - many / 4 if protocol != "one by one" else (1 - many / 4) / (many + 1)
    p = 1 if protocol == "broadcast" else 1 - apart
    close(bits(protocol, seen.IDENTITY, seen.coalition, OTHERS[:many]), *told_with_chance(p))


@pytest.mark.parametrize(("protocol", "identity", "location"), [
    ("directed", 0, 0), ("broadcast", 0, 0), ("intersection, then directed", 0, 0), ("one by one", 0, 0),
    ("hub reads all", FULL, 2), ("hub, sealed answer", FULL, 2)])
def test_what_the_hub_learns(protocol, identity, location):
    close(bits(protocol, seen.IDENTITY, seen.curious_hub, HUB), identity, identity)
    close(bits(protocol, seen.LOCATION, seen.curious_hub, HUB), location, location)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_outside_observer_learns_nothing_of_the_identity_and_where_the_record_is(protocol):
    """All seven answer from the holder alone, which is a line of its own whatever was padded."""
    close(bits(protocol, seen.IDENTITY, seen.outside_observer), 0, 0)
    for length in (True, False):
        close(bits(protocol, seen.LOCATION, seen.outside_observer, length), 2, 2)


def queries_only(traffic):
    """The lines as long as nothing has come back."""
    return tuple(line for line in seen.outside_observer(traffic, False) if line[0][0] == ASKER)


def test_an_outside_observer_of_the_queries_alone():
    close(bits("directed", seen.LOCATION, queries_only), 2, 2)
    asked_all = lambda traffic: tuple(sorted(queries_only(traffic)))      # noqa: E731
    close(bits("broadcast", seen.LOCATION, asked_all), 0, 0)
    stops = bits("one by one", seen.LOCATION, queries_only)
    matrix = made.one_by_one(4)
    close(stops, ch.min_entropy_leakage(ch.uniform(4), matrix), ch.mutual_information(ch.uniform(4), matrix))


@pytest.mark.parametrize(("protocol", "expected"), [
    ("directed", (1, ch.binary_entropy(1 / 4))), ("broadcast", (0, 0)),
    ("intersection, then directed", (1, ch.binary_entropy(1 / 4)))])
def test_what_one_member_learns_of_where_the_record_is(protocol, expected):
    """Itself or not itself, by what reaches it: of a broadcast every member gets the same."""
    close(bits(protocol, seen.LOCATION, seen.compromised_member, MEMBER), *expected)


def test_the_asker_learns_where_the_record_is_and_a_fisher_in_the_first_of_its_cases_only():
    close(bits("broadcast", seen.LOCATION, seen.compromised_member, ASKER), 2, 2)
    close(bits("broadcast", seen.LOCATION, seen.fishing_requester, ASKER, 1), 2, 2)
    close(bits("broadcast", seen.LOCATION, seen.fishing_requester, ASKER, 0), 0, 0)


@pytest.mark.parametrize("budget", [0, 1, 2, 3])
def test_a_fishing_requester_learns_a_membership_for_each_query_of_its_budget(budget):
    """Two persons of whom each is on record with the last member or with nobody: one bit each."""
    held = list(product((None, OTHERS[-1]), repeat=2))
    tiny = Tiny("broadcast", [(PERSONS[k], holder, OTHERS) for pair in held for k, holder in enumerate(pair)])
    matrix = ch.deterministic([seen.fishing_requester(tiny.traffic(2 * k, 2 * k + 2), ASKER, budget)
                               for k in range(len(held))])
    close((ch.min_entropy_leakage(ch.uniform(4), matrix),), min(budget, 2))


def test_an_estimate_from_the_runs_covers_the_exact_number():
    """The 384 runs of all secrets and orders, taken for a sample: nothing is drawn but how the sample is halved."""
    for protocol, exact in (("directed", FULL / 4), ("broadcast", FULL), ("one by one", 5 / 8 * FULL)):
        tiny, rows = over_all_secrets(protocol), traffic(protocol)
        views = [seen.compromised_member(each, MEMBER) for each in rows]
        found = estimate.shannon(estimate.tally(tiny.needs.rows["subject"].tolist(), views), 0.999)
        assert found.low <= exact <= found.high
        best = estimate.min_entropy(estimate.tally(tiny.needs.rows["subject"].tolist(), views), 1, ch.uniform(4), 0.999)
        assert best.low <= told_with_chance(ASKED[protocol])[0] <= best.high


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_interest_is_a_secret_of_its_own(protocol):
    """Who is told the subject of a query is told who investigates it: a broadcast tells each member, blinding none but
    the holder, who is asked in plain afterwards."""
    h = ch.binary_entropy(1 / len(PERSONS))
    hub = h if protocol.startswith("hub") else 0
    found = [bits(protocol, seen.INTEREST, *adversary)[1] for adversary in (
        (seen.compromised_member, MEMBER), (seen.curious_hub, HUB), (seen.outside_observer,))]
    close(found, ASKED[protocol] * h, hub, 0)


# Adversaries by themselves, on rows made by hand.

def rows(*told, opens=True, form="pseudonym", can=False):
    """Traffic of messages about these persons, all from place 0 to place 1 with place 2 in between."""
    many = len(told)
    columns = {"case": np.arange(many), "sender": np.zeros(many, int), "receiver": np.ones(many, int),
               "via": np.full(many, 2), "content": np.zeros(many, int), "arrives": np.arange(many)[::-1],
               "lost": np.zeros(many, bool), "version": np.full(many, -1)}
    disclosures = {"message": np.arange(many), "learner": np.full(many, 2), "form": np.full(many, FORMS.index(form)),
                   "key_group": np.full(many, 3), "true_subject": np.array(told)}
    return seen.Traffic(columns, disclosures, np.full(many, can), np.full(many, opens))


def test_a_hub_without_the_key_sees_which_pseudonyms_are_equal():
    views = [seen.curious_hub(rows(*persons), 2) for persons in ((5, 5, 6), (6, 6, 5), (5, 6, 7), (5, 6, 6))]
    assert views[0] == views[1]
    assert len(set(views)) == 3
    matrix = ch.deterministic([seen.curious_hub(rows(*persons), 2) for persons in np.ndindex(4, 4, 4)])
    assert ch.min_entropy_leakage(ch.uniform(64), matrix) == pytest.approx(made.pseudonym_bits(3, 4), abs=1e-9)


def test_with_the_key_of_the_group_it_sees_who_and_sealed_it_sees_the_ends():
    insider = forms.Means(keys=frozenset({3}))
    assert seen.curious_hub(rows(5), 2, insider)[0][2] == ("person", 5)
    assert seen.curious_hub(rows(5), 2, forms.Means(keys=frozenset({4})))[0][2] == ("pseudonym", 0)
    assert seen.curious_hub(rows(5, opens=False), 2, insider)[0] == ((0, 1, 0), 2, None)
    assert seen.curious_hub(rows(5, form="blinded"), 2, insider)[0][2] is None


def test_rows_are_seen_as_they_arrive_and_lost_ones_are_not_seen_outside():
    traffic = rows(5, 6, form="plain", can=True)
    assert [part[2] for part in seen.curious_hub(traffic, 2)] == [("person", 6), ("person", 5)]
    traffic.messages["lost"][0] = True
    assert seen.outside_observer(traffic) == (((0, 2), 0), ((2, 1), 0))
    assert seen.outside_observer(traffic, length=False) == (((0, 2), None), ((2, 1), None))
