"""Every exact case of inference leakage, by enumeration of its channel, to the stated digits."""

from math import comb, log, log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.content.formats.conversion import bits_lost
from sim.leakage import channels as ch
from sim.leakage import forms
from sim.leakage import mechanisms as made
from sim.script import FORMS

DIGITS = {"rel": 0, "abs": 5e-7}


def even(matrix):
    """(min-entropy leakage, Shannon leakage) under a uniform prior."""
    prior = ch.uniform(len(matrix))
    return ch.min_entropy_leakage(prior, matrix), ch.mutual_information(prior, matrix)


@pytest.mark.parametrize(("matrix", "one_try", "shannon"), [
    (np.eye(1024), 10, 10),                                          # a name in plain text, of 1024 persons
    (made.buckets([16] * 64), 6, 6),
    (made.buckets([1, 2, 3]), 1.584963, 1.459148),
    (made.keyed_pseudonyms(2, 5), 1, None),
    (made.keyed_pseudonyms(3, 5), 2.321928, None),
    (made.keyed_pseudonyms(3, 2), 2, None),                          # of two persons no three differ
    (made.fresh_tokens(3, 4), 0, 0),
    (made.asked_of(8, 1), 1, 0.543564),
    (made.asked_of(8, 3), 2, 1.548795),
    (made.asked_of(8, 7), 3, 3),
    (made.asked_of(8, 8), 3, 3),
    (made.directed(8), 3, 3),
    (made.broadcast(8), 0, 0),
    (made.decoys(8, 1), 2, 2),
    (made.decoys(8, 3), 1, 1),
    (made.decoys(8, 7), 0, 0),
    (made.reply(padded=True), 0, 0),
    (made.randomised_response(log(3)), 0.584963, None),
    (made.randomised_response(1), 0.548059, None),
    (made.randomised_response(0), 0, 0),
])
def test_leakage_under_a_uniform_prior(matrix, one_try, shannon):
    found = even(matrix)
    assert found[0] == pytest.approx(one_try, **DIGITS)
    assert shannon is None or found[1] == pytest.approx(shannon, **DIGITS)


def test_a_hash_that_can_be_enumerated_leaks_as_plain_text():
    assert forms.readability("hash", -1, forms.Means(register=1024)) == 1
    assert even(np.eye(1024))[0] == 10
    half = forms.readability("hash", -1, forms.Means(register=1024, budget=512))
    unread = ch.deterministic([person if person < 512 else "unread" for person in range(1024)])
    assert half == 0.5
    assert even(unread)[0] == pytest.approx(log2(513), **DIGITS)


@pytest.mark.parametrize(("p", "shannon", "one_try", "hit"), [
    (0.5, 1, 1, 1), (0.01, 0.080793, 0.0145, 6.643856), (0.125, 0.543564, 0.192645, 3)])
def test_one_element_of_a_private_set_intersection(p, shannon, one_try, hit):
    matrix, prior = made.set_intersection(), [p, 1 - p]
    assert ch.mutual_information(prior, matrix) == pytest.approx(shannon, **DIGITS)
    assert ch.min_entropy_leakage(prior, matrix) == pytest.approx(one_try, **DIGITS)
    assert ch.min_entropy_leakage(prior, matrix) == pytest.approx(log2(1 / max(p, 1 - p)), **DIGITS)
    assert ch.greatest_pointwise(prior, matrix) == pytest.approx(hit, **DIGITS)
    assert ch.mutual_information(prior, made.broadcast(2)) == 0            # what the responder sees of the subject


def test_what_a_no_hit_tells():
    """Asked one of eight: the seven that were not asked have become a little more likely."""
    bits = ch.pointwise(ch.uniform(8), made.asked_of(8, 1))
    assert bits[:, 0].tolist() == [3, *[-np.inf] * 7]
    assert bits[1:, 1] == pytest.approx([0.192645] * 7, **DIGITS)
    assert ch.greatest_pointwise(ch.uniform(8), made.asked_of(8, 1)) == 3


@pytest.mark.parametrize("asked", range(9))
def test_asking_some_members(asked):
    one_try, shannon = even(made.asked_of(8, asked))
    assert one_try == pytest.approx(log2(min(asked + 1, 8)), abs=1e-9)
    unasked = 8 - asked
    rest = unasked / 8 * log2(8 / unasked) if unasked else 0
    assert shannon == pytest.approx(asked / 8 * 3 + rest, abs=1e-9)


@pytest.mark.parametrize("p", [0.05, 0.3, 0.5])
def test_the_length_of_a_reply_reveals_a_hit(p):
    assert ch.mutual_information([p, 1 - p], made.reply(padded=False)) == pytest.approx(ch.binary_entropy(p), abs=1e-9)
    assert ch.mutual_information([p, 1 - p], made.reply(padded=True)) == 0


@given(st.floats(0, 8))
def test_randomised_response_closed_form(epsilon):
    closed = log2(2 * np.exp(epsilon) / (1 + np.exp(epsilon)))
    matrix = made.randomised_response(epsilon)
    assert even(matrix)[0] == pytest.approx(closed, abs=1e-9)
    assert matrix[0] / matrix[1] == pytest.approx([np.exp(epsilon), np.exp(-epsilon)])       # the bit is rather right


def test_a_search_with_errors_tells_less_and_tells_on_the_innocent():
    matrix, h, p = made.searched(0.9, 0.01), ch.binary_entropy, 0.05
    found = ch.mutual_information([p, 1 - p], matrix)
    assert found == pytest.approx(0.205010, **DIGITS)
    assert found == pytest.approx(h(p * 0.9 + (1 - p) * 0.01) - p * h(0.9) - (1 - p) * h(0.01), abs=1e-12)
    assert made.innocent_given_hit(p, 0.9, 0.01) == pytest.approx(0.174312, **DIGITS)


def test_the_same_view_twice_leaks_once_and_two_halves_leak_both():
    quarter = ch.deterministic([person // 16 for person in range(64)])
    other = ch.deterministic([person % 4 for person in range(64)])
    assert even(quarter)[0] == 2
    assert even(ch.parallel(quarter, quarter))[0] == 2
    assert even(ch.parallel(quarter, other))[0] == 4
    assert even(ch.deterministic([made.first_equal((person, person)) for person in range(64)]))[0] == 0


@pytest.mark.parametrize(("messages", "subjects"), [(1, 3), (2, 5), (3, 5), (4, 3), (4, 6), (5, 2)])
def test_patterns_of_pseudonyms_are_counted_by_stirling_numbers(messages, subjects):
    matrix = made.keyed_pseudonyms(messages, subjects)
    assert made.pseudonym_bits(messages, subjects) == pytest.approx(even(matrix)[0], abs=1e-9)
    assert made.pseudonym_bits(0, subjects) == 0
    assert [made.stirling(5, k) for k in range(6)] == [0, 1, 15, 25, 10, 1]


@pytest.mark.parametrize(("members", "count"), [(8, 0), (8, 2), (5, 3)])
def test_decoys_closed_form(members, count):
    matrix = made.decoys(members, count)
    assert matrix.shape == (members, comb(members, count + 1))
    assert even(matrix)[0] == pytest.approx(log2(members / (count + 1)), abs=1e-9)


def test_nobody_and_certainty_leave_nothing_to_tell():
    for p in (0, 1):
        prior = [p, 1 - p]
        assert ch.mutual_information(prior, made.set_intersection()) == 0
        assert ch.min_entropy_leakage(prior, made.set_intersection()) == 0
        assert ch.greatest_pointwise(prior, made.set_intersection()) == 0
        assert made.innocent_given_hit(p, 0.9, 0.01) == 1 - p
    assert made.told_one_by_one(0, held=False) == made.pseudonym_bits(0, 0) == 0
    assert ch.k_guesses_leakage([0.5, 0.5], np.eye(2), 5) == 0
    never_seen = [[1, 0], [1, 0]]
    assert ch.min_capacity(never_seen) == even(never_seen)[0] == 0


def test_members_told_one_by_one():
    assert made.told_one_by_one(8) == 4.5
    assert made.told_one_by_one(8, held=False) == 8
    assert made.told_one_by_one(4) == 2.5
    views = made.one_by_one(4)                      # the last one asked is the holder: the observer knows
    assert even(views)[0] == pytest.approx(2, abs=1e-9)


@given(st.lists(st.text("abc", max_size=3), min_size=1, max_size=12, unique=True), st.integers(0, 3))
def test_what_a_conversion_loses_is_the_doubt_that_its_channel_leaves(values, letters):
    """The bits that formats lose are counted elsewhere, in their own words; they are conditional entropy."""
    cut = [value[:letters] for value in values]
    left = ch.conditional_entropy(ch.uniform(len(values)), ch.deterministic(cut))
    assert bits_lost(values, cut) == pytest.approx(left, abs=1e-9)


def test_dropping_day_and_month_as_a_channel():
    assert ch.conditional_entropy(ch.uniform(365), made.broadcast(365)) == pytest.approx(8.511753, **DIGITS)
    assert ch.conditional_entropy(ch.uniform(3), made.buckets([2, 1])) == pytest.approx(2 / 3, abs=1e-12)
    assert ch.conditional_entropy(ch.uniform(249), np.eye(249)) == pytest.approx(0, abs=1e-9)


def test_under_a_skewed_prior_a_view_tells_most_of_whom_nobody_suspected():
    prior = ch.skewed(1024, 1.0)
    assert prior[0] / prior[9] == pytest.approx(10)
    assert ch.min_entropy_leakage(prior, np.eye(1024)) == pytest.approx(-log2(prior[0]), abs=1e-9)
    assert ch.greatest_pointwise(prior, np.eye(1024)) == pytest.approx(-log2(prior[-1]), abs=1e-9)
    assert prior[-1] < 1 / 1024 < prior[0]
    assert ch.skewed(8, 0) == pytest.approx(ch.uniform(8))


# Readability

WITH_KEY, WITHOUT = forms.Means(frozenset({3}), reidentified=0.2), forms.Means(frozenset({4}), reidentified=0.2)


@pytest.mark.parametrize(("form", "with_key", "without"), [
    ("plain", 1, 1), ("hash", 1, 1), ("keyed_hash", 1, 0), ("pseudonym", 1, 0), ("bloom", 1, 0.2),
    ("blinded", 0, 0), ("hit_bit", 0, 0), ("count", 0, 0), ("metadata", 0, 0)])
def test_who_reads_which_form(form, with_key, without):
    assert forms.readability(form, 3, WITH_KEY) == with_key
    assert forms.readability(form, 3, WITHOUT) == without


def test_every_form_of_a_message_has_its_readability():
    assert forms.FORMS == FORMS
    assert set(forms.KEYED) | set(forms.NEVER_READABLE) | {forms.PLAIN, forms.HASH} == set(FORMS)


@pytest.mark.parametrize(("register", "budget", "guesses", "share"), [
    (1000, 250, (), 0.25), (1000, 5000, (), 1), (4, 2, (0.1, 0.5, 0.1, 0.3), 0.8), (4, 0, (0.1, 0.5, 0.1, 0.3), 0),
    (4, 99, (0.1, 0.5, 0.1, 0.3), 1)])
def test_a_budget_of_hashes_undoes_the_likeliest(register, budget, guesses, share):
    means = forms.Means(register=register, budget=budget, guesses=guesses)
    assert forms.readability("hash", -1, means) == pytest.approx(share, abs=1e-12)


def test_re_identified_shares_are_ranges_from_low_to_high():
    assert all(0 <= low <= high <= 1 for low, high in forms.REIDENTIFIED.values())
    assert forms.REIDENTIFIED["unhardened"] == (0.05, 0.207)


@pytest.mark.parametrize(("build", "told"), [
    (lambda: forms.readability("braille", -1, forms.Means()), "'braille'; expected one of plain"),
    (lambda: forms.Means(register=0), "register of 0"),
    (lambda: forms.Means(reidentified=1.2), "share of 1.2"),
    (lambda: forms.Means(guesses=(0.5, 0.4)), "sum to 1"),
    (lambda: made.randomised_response(-1), "epsilon -1"),
    (lambda: made.searched(1.1, 0), "recall 1.1"),
    (lambda: made.decoys(4, 4), "4 decoys; expected 0 to 3"),
    (lambda: made.asked_of(4, 5), "5 members asked"),
    (lambda: made.innocent_given_hit(0, 0.9, 0), "no search hits"),
    (lambda: made.pseudonym_bits(3, 0), "3 messages about 0 subjects"),
    (lambda: made.told_one_by_one(0), "0 candidates"),
])
def test_what_cannot_be_is_refused(build, told):
    with pytest.raises(ValueError, match=told):
        build()
