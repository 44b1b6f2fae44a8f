"""The page says what the figures say, names no state but the focus, and can be read by everybody, offline."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from comparison_rows import SPLITS, comparison, runs
from comparison_rows import table as made_table

from sim.experiments import with_run
from sim.experiments.compare import concluded
from sim.experiments.statistics import Difference, Level
from sim.metrics import METRICS
from sim.metrics.values import LEAKAGE
from sim.report import figures, page, table, words
from sim.report.vector import VECTOR
from sim.scenario import load
from sim.scenario.schema import FocusDesk
from sim.units import Range

EMPTY_TAGS = {"meta", "br", "path", "use", "rect", "line", "circle"}


class Read(HTMLParser):
    """The text of a page, its tags, and its tables as rows of cells."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.tables, self.cell = [], [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("th", "td"):
            self.tables[-1][-1].append("")

    def handle_data(self, data):
        self.words.append(data)
        inside = self.tags and self.tags[-1][0] in ("th", "td", "span") and self.tables and self.tables[-1]
        if inside and self.tables[-1][-1]:
            self.tables[-1][-1][-1] += data.strip()

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def scenario():
    return with_run(load("baseline"), 12, 2, None)


@pytest.fixture(scope="module")
def found(scenario):
    return comparison(scenario)


@pytest.fixture(scope="module")
def drawn(found, tmp_path_factory):
    return figures.write(found, tmp_path_factory.mktemp("drawn") / "figures")


@pytest.fixture(scope="module")
def html(found, drawn):
    return page.html(found, drawn)


@pytest.fixture(scope="module")
def read(html):
    return Read(html)


def rows_of(read):
    return {row[0]: row[1:] for rows in read.tables for row in rows if row}


def test_the_answer_counts_futures(found):
    """Futures in which the option number times (future % 3) is added to a split that gains 10 anyway."""
    first, second = words.answer(found)
    assert first == ("Of 100 needs “router first” meets 11 more in time (61 against 50), and does better in 12 of 12 "
                     "plausible futures and worse in 0 (+10 to +12).")
    assert second == ("It exposes more uninvolved persons, by a hit or a file (2 against 1 per 1,000 needs), fewer in "
                      "0 of 12 futures and more in 12.")


def test_an_answer_that_is_none_is_called_so(scenario):
    def shift(k, future, luck):
        return k * (-11.5 + (0.3 if future % 2 else -0.3) + 3 * luck)
    assert words.answer(comparison(scenario, shift))[0].startswith("The two cannot be told apart: ")
    unclear = comparison(scenario, lambda k, future, luck: k * (-10 + (5 if future % 3 else -5)))
    assert words.answer(unclear)[0].startswith("No clear answer: ")


def test_further_options_are_told_too():
    several = words.answer(comparison(with_run(load("index_first"), 3, 1, None)))
    assert several[2] == ("Besides, “router first” meets 61, better than “as today” in 3 of 3 futures; “router first, "
                          "two more experts” meets 53, better than “as today” in 2 of 3 futures.")


def test_the_table_says_what_the_lines_say(read):
    rows = rows_of(read)
    assert rows["needs met"] == ["50", "61", "+11", "+10 to +12", "±0", "12 of 12"]
    assert rows["late"][:3] == ["15", "9", "−6"]
    assert rows["reach"] == ["86", "86", "0", "exact", "exact", "equal"]
    assert rows["time to answer p95, urgent"][:3] == ["never", "2.5 d", "from never"]
    assert rows["time to answer p95, urgent"][4] == "not estimated"


def test_the_split_stands_together_below_the_headline(read):
    big = next(rows for rows in read.tables if any(row and row[0] == "needs met" for row in rows))
    at = [row[0] if row else "" for row in big].index("needs met")
    assert [row[0] for row in big[at + 1:at + 10]] == [label for _, label in words.CLASSES]
    assert sum(float(row[1]) for row in big[at + 1:at + 10]) == sum(SPLITS[0]) == 100


def test_the_three_measures_stand_under_their_names(read):
    heads = [row[0] for rows in read.tables for row in rows if len(row) == 1]
    assert {"throughput", "leakage risk", "accuracy"} <= set(heads)


def test_small_counts_are_not_told(read):
    assert rows_of(read)["hit recall"] == ["under 5", "under 5", "-", "-", "-", "-"]


def test_what_protocols_serve_comes_before_any_figure(html):
    assert html.index("Which protocol serves which need") < html.index("<caption>router first against")


def test_no_state_but_the_focus_stands_in_a_table(scenario, read):
    cells = [cell for rows in read.tables for row in rows for cell in row]
    for code, state in scenario.jurisdiction.items():
        if code != scenario.focus:
            named = re.compile(rf"\b({code}|{re.escape(state.name)})\b")
            assert not [cell for cell in cells if named.search(cell)], f"{code} stands beside figures"


def test_the_focus_is_marked_as_a_class(scenario, html, found, drawn):
    assert "Austria (AT; desks: class assumption)" in html
    assert "AT (desks: class assumption)" in html       # beside its utilisation
    roster = FocusDesk(clerks=Range(3, 3, "count"), from_="own: roster")
    desks = {name: desk.model_copy(update={"focus": roster}) for name, desk in scenario.desk.items()}
    own = comparison(scenario.model_copy(update={"desk": desks}))
    assert "class assumption" not in page.html(own, drawn)


def test_words_that_may_not_be_said(read):
    text = " ".join(read.words).lower()
    assert "unlawful" not in text
    assert "illegal" not in text
    assert "outside the modelled rules" in text
    assert "no advice" in text
    assert "not an assessment of any state" in " ".join(text.split())


def test_facts_nobody_re_read_are_marked(found, drawn, monkeypatch):
    monkeypatch.setattr(page, "NOT_RE_READ", ("read", "read 2nd", "read derived"))
    assert "not re-read (" in page.html(found, drawn)


def test_every_assumption_is_told_with_its_range(found, read):
    text = "".join(read.words)
    assert len(found.assumptions) > 50
    for one in found.assumptions:
        assert f"{one.path} {one.text}" in text.replace("\n", "")


def test_the_page_is_one_file_without_script_or_address(read):
    assert not read.all("script")
    assert not read.all("link")
    for _, attributes in read.tags:
        for name in ("src", "href", "xlink:href", "action"):
            assert attributes.get(name, "#").startswith("#"), attributes
        assert not [name for name in attributes if name.startswith("on")]


def test_the_page_can_be_read_by_everybody(read):
    assert read.all("html") == [{"lang": "en"}]
    assert len(read.all("h1")) == len(read.all("main")) == len(read.all("title")) - 2 == 1
    levels = [int(tag[1]) for tag, _ in read.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all("scope" in attributes for attributes in read.all("th"))
    assert len(read.all("caption")) == len(read.all("table"))
    ids = [attributes["id"] for _, attributes in read.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for attributes in read.all("svg"):
        assert attributes["role"] == "img"
        assert set(attributes["aria-labelledby"].split()) <= set(ids)
    used = {name for _, attributes in read.tags for value in attributes.values()
            for name in re.findall(r"url\(#([^)]+)\)", value or "")}
    assert used <= set(ids)


def test_colours_can_be_read(html):
    """WCAG 2.2, 1.4.3: at least 4.5 to 1 on white or on the grey of a measure's head."""
    def luminance(colour):
        parts = [int(colour[k:k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    style = html[html.index("<style>"):html.index("</style>")]
    texts = set(re.findall(r"(?<![-\w])color: (#\w{6})", style))
    assert texts
    for colour in texts:
        assert (luminance("#eeeeee") + 0.05) / (luminance(colour) + 0.05) > 4.5


def test_what_users_write_is_text_and_not_markup(scenario, drawn):
    hostile = scenario.model_copy(update={"question": "<script>alert(1)</script>"})
    assert not Read(page.html(comparison(hostile), drawn)).all("script")


def test_a_marking_stands_on_the_page(scenario, drawn):
    marked = scenario.report.model_copy(update={"marking": "for official use"})
    said = page.html(comparison(scenario.model_copy(update={"report": marked})), drawn)
    assert said.count("for official use") == 2


def test_figures_carry_no_date_and_repeat(found, drawn, tmp_path):
    assert figures.write(found, tmp_path / "again") == drawn
    for text in drawn.values():
        assert "dc:date" not in text


def test_the_bars_are_told_in_numbers_and_hatches(drawn):
    assert ">20<" in drawn["needs"]
    for _, label in words.CLASSES:
        assert f">{label}<" in drawn["needs"]
    assert drawn["needs"].count("<pattern") >= 7


def test_statutory_limits_are_drawn_and_others_not(found):
    """The directive's three, SIRENE's and core data's; a reminder's patience is no statute."""
    assert [hours for hours, _ in figures.limits(found, "urgent")] == [8, 12, 48, 72]
    assert [hours for hours, _ in figures.limits(found, "ordinary")] == [12, 48, 168]


def test_the_terminal_says_the_same_in_100_columns(found, read, capsys):
    console = table.console()
    console.print(table.fit_table(found.scenario))
    console.print(table.comparison_tables(found))
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 100
    assert said.index("Which protocol serves which need") < said.index("router first against as today")
    head = next(line for line in said.splitlines() if line.strip().startswith("needs met "))
    assert head.split()[2:5] == rows_of(read)["needs met"][:3]


def test_a_lone_option_stands_by_itself(scenario, drawn, capsys):
    alone = comparison(scenario.model_copy(update={"option": scenario.option[:1]}))
    assert "difference" not in "".join(cell for rows in Read(page.html(alone, drawn)).tables for cell in rows[0])
    table.console().print(table.comparison_tables(alone))
    assert "difference" not in capsys.readouterr().out
    assert words.answer(alone) == ["Of 100 needs “as today” meets 50 in time."]


@pytest.mark.parametrize(("value", "unit", "said"), [
    (0, "", "0"), (0.0123, "", "0.012"), (5.25, "", "5.2"), (55.44, "%", "55.4 %"), (123.4, "", "123"),
    (12345.6, "", "12,346"), (9.96, "", "10"), (47.9, "h", "47.9 h"), (60, "h", "2.5 d"), (float("inf"), "h", "never"),
    (float("nan"), "h", "none"), (-3.2, "", "-3.2")])
def test_figures_in_words(value, unit, said):
    assert words.number(value, unit) == said


@pytest.mark.parametrize(("each", "said"), [
    (Difference(1.0, -0.5, 2.0, 0.3, 8, 1, 1, 10), ("+1", "−0.5 to +2", "±0.3", "8 of 10, 1 equal")),
    (Difference(0.0, 0.0, 0.0, 0.0, 0, 0, 10, 10), ("0", "exact", "exact", "equal")),
    (Difference(1.0, 1.0, 1.0, None, None, None, 0, 2), ("+1", "+1 to +1", "not estimated", "-")),
    (Difference(float("nan"), float("nan"), float("nan"), None, None, None, 0, 0),
     ("none", "not estimated", "not estimated", "-"))])
def test_differences_in_words(each, said):
    assert (words.signed(each.mean), words.spread(each, ""), words.luck(each, ""), words.better(each)) == said


@pytest.mark.parametrize(("first", "other", "mean", "mark"), [
    (0.0, 19.4, 2.8, words.SOME_RUNS), (0.1, 0.3, 0.2, ""), (0.0, float("nan"), 2.8, ""), (1.0, float("inf"), 2.8, "")])
def test_a_difference_of_some_runs_is_no_difference_of_the_figures_and_marked(first, other, mean, mark):
    each = Difference(mean, 0.0, 7.5, 1.0, 0, 1, 2, 3)
    assert words.mark(Level(first, False, 9), Level(other, False, 9), each) == mark


@pytest.mark.parametrize("lacking", [False, True])
def test_the_terminal_explains_the_mark(scenario, capsys, lacking):
    """All options gain by future; in one future the second has nothing to measure."""
    options = [option.name for option in scenario.option]
    rows = made_table(options, scenario.run.futures, 2, lambda k, future, luck: float(future % 3))
    gone = (rows["option"] == options[1]) & (rows["future"] == 2) & (rows["metric"] == "needs_met")
    table.console().print(table.comparison_tables(concluded(scenario, rows[~(gone & lacking)], runs(rows), {}, 1)))
    said = capsys.readouterr().out
    assert ("* of those runs alone" in said) == lacking
    assert (" *" in next(line for line in said.splitlines() if line.strip().startswith("needs met "))) == lacking


def test_a_median_is_marked():
    assert words.level(Level(60.0, True, 9), "h", 5) == "2.5 d (median)"
    assert words.level(Level(60.0, False, 4), "h", 5) == "under 5"


def test_every_figure_of_leakage_stands_in_one_part_of_the_vector():
    parts = [metric for metrics in VECTOR.values() for metric in metrics]
    assert len(set(parts)) == len(parts)
    assert set(parts) >= {name for name, metric in METRICS.items() if metric.measure == LEAKAGE}


def test_leakage_risk_is_shown_in_parts_and_never_as_one_score(read):
    heads = [row[0] for rows in read.tables for row in rows if len(row) == 1]
    at = heads.index("leakage risk")
    assert heads[at + 1] == next(iter(VECTOR))
