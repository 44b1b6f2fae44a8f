"""Bigrams and Bloom filters against the same written plainly, on any text."""

import hmac

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.content.fields import Column, Fields, column
from sim.content.matchers import MATCHERS, MILLION, NO_HIT
from sim.content.matchers.bloom import filters
from sim.content.matchers.grams import bigrams, placed
from sim.scenario.holdings import Matcher

TEXT = st.text(st.characters(exclude_categories=()), min_size=1, max_size=12) | st.text("ab_", min_size=1, max_size=30)
VALUES = st.lists(TEXT | st.just(""), min_size=1, max_size=6)


def table(family, birth):
    none = np.zeros(len(family), np.uint64)
    return Fields({"family_name": of(family), "birth_date": of(birth)}, none, none)


def of(values):
    """A column by hand: arrays of text cannot end in the character 0."""
    words = sorted({value for value in values if value})
    return Column(tuple(words), np.array([words.index(value) if value else -1 for value in values], np.int32))


def pairs_of(word):
    edged = f"_{word}_"
    return {edged[k:k + 2] for k in range(len(edged) - 1)} if word else set()


def bits_of(bits):
    return {64 * word + bit for word, value in enumerate(bits.tolist()) for bit in range(64) if value >> bit & 1}


@given(VALUES, VALUES, st.integers(0, 100))
def test_dice_counts_the_pairs_of_letters_of_both(asked, held, percent):
    """In whole numbers: 200 c >= t (a + b)."""
    setting = Matcher(kind="dice", fields={"family_name": 1, "birth_date": 1}, threshold=percent / 100,
                      missing="value")
    rows = [(mine, others) for mine in asked for others in held]
    here, there = (table([row[side] for row in rows], [row[side][::2] for row in rows]) for side in range(2))
    found = MATCHERS["dice"](setting, here, there)
    for (mine, others), score in zip(rows, found.tolist(), strict=True):
        sets = [{*((0, pair) for pair in pairs_of(word)), *((1, pair) for pair in pairs_of(word[::2]))}
                for word in (mine, others)]
        shared, sizes = len(sets[0] & sets[1]), len(sets[0]) + len(sets[1])
        assert (score != NO_HIT) == (sizes > 0 and 200 * shared >= percent * sizes)
        assert score in (NO_HIT, 2 * MILLION * shared // max(sizes, 1))


def test_dice_by_hand():
    """_m ma ar rt th ha a_ and _m ma ar rh ht ta a_ share four of seven."""
    setting = Matcher(kind="dice", fields={"family_name": 1}, threshold=0.5)
    assert MATCHERS["dice"](setting, table(["martha"], ["1"]), table(["marhta"], ["2"])).tolist() == [571_428]


def test_different_words_may_have_the_same_bigrams():
    setting = Matcher(kind="dice", fields={"family_name": 1}, threshold=1)
    assert MATCHERS["dice"](setting, table(["anana"], [""]), table(["ananana"], [""])).tolist() == [MILLION]


@given(TEXT)
def test_n_grams_stand_in_the_order_of_the_word(word):
    code, start = bigrams((word,))
    edged = f"_{word}_"
    expected = list(dict.fromkeys(edged[k:k + 2] for k in range(len(edged) - 1)))
    assert [chr(gram >> 32) + chr(gram & 0xFFFFFFFF) for gram in code.tolist()] == expected
    assert start.tolist() == [0, len(expected), len(expected)]
    assert [(gram >> 32, chr(gram & 0xFFFFFFFF)) for gram in placed((word,)).code.tolist()] == [
        (place, letter) for place, letter in enumerate(word, 1)]


def written(setting, field, word):
    """The bits of one word, n-gram by n-gram."""
    code = (placed if field in setting.positional else bigrams)((word,)).code.tolist()
    weight = setting.fields[field].value
    bits = set()
    for number, gram in enumerate(code):
        digest = hmac.new(setting.key.encode(), field.encode() + gram.to_bytes(8, "little"), "sha1").digest()
        first, step = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:16], "big")
        whole, rest = divmod(round((setting.budget or 0) * weight), len(code))
        count = whole + (number < rest) if setting.budget else round(setting.hashes * weight)
        bits |= {(first % setting.bits + i * (step % setting.bits)) % setting.bits for i in range(count)}
    return bits


@pytest.mark.parametrize("strategy", [{"hashes": 7}, {"budget": 50}, {"hashes": 3, "positional": ("family_name",)}],
                         ids=["bits by n-gram", "bits by field", "by place"])
@pytest.mark.parametrize("bits", [64, 192, 1024])
@given(words=st.lists(TEXT, min_size=1, max_size=5, unique=True), key=st.text("ab", min_size=1))
def test_a_filter_has_the_bits_of_every_n_gram(bits, strategy, words, key):
    setting = Matcher(kind="clk", fields={"family_name": 2, "birth_date": 1}, threshold=0.8, bits=bits, key=key,
                      **strategy)
    made = filters(setting, "family_name", tuple(words))
    assert made.shape == (len(words) + 1, bits // 64)
    assert [bits_of(row) for row in made] == [*(written(setting, "family_name", word) for word in words), set()]


@given(VALUES, VALUES)
def test_clk_is_dice_of_the_filters_of_whole_rows(asked, held):
    setting = Matcher(kind="clk", fields={"family_name": 1, "birth_date": 1}, threshold=0.4, bits=256, hashes=5,
                      key="k", missing="value", positional=("birth_date",))
    rows = [(mine, others) for mine in asked for others in held]
    here, there = (table([row[side] for row in rows], [row[side][::2] for row in rows]) for side in range(2))
    found = MATCHERS["clk"](setting, here, there)
    for (mine, others), score in zip(rows, found.tolist(), strict=True):
        sets = [written(setting, "family_name", word) | written(setting, "birth_date", word[::2]) if word else set()
                for word in (mine, others)]
        exact = 2 * MILLION * len(sets[0] & sets[1]) // max(len(sets[0]) + len(sets[1]), 1)
        assert score == (exact if exact >= 400_000 and sets[0] | sets[1] else NO_HIT)


def test_another_key_writes_another_filter():
    first, second = (filters(Matcher(kind="clk", fields={"family_name": 1}, threshold=0.8, bits=1024, hashes=20,
                                     key=key), "family_name", ("martha",)) for key in ("one", "two"))
    common = np.bitwise_count(first & second).sum() / np.bitwise_count(first).sum()
    assert common < 0.5


def test_a_field_is_written_apart_from_the_same_text_in_another():
    setting = Matcher(kind="clk", fields={"family_name": 1, "given_name": 1}, threshold=0.8, bits=1024, hashes=20,
                      key="k")
    assert not np.array_equal(filters(setting, "family_name", ("ana",)), filters(setting, "given_name", ("ana",)))


def test_a_word_of_ten_thousand_letters_is_a_word():
    long = "ab" * 5_000
    setting = Matcher(kind="dice", fields={"family_name": 1}, threshold=0.8)
    asked, held = (Fields({"family_name": column(np.array([word]))}, *(np.zeros(1, np.uint64),) * 2)
                   for word in (long, long + "b"))
    assert MATCHERS["dice"](setting, asked, held).tolist() == [2 * MILLION * 4 // 9]
