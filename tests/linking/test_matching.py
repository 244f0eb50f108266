"""On which line of an invoice groups of hours are."""

from linking import Group, InvoiceLine, match


def _positions(groups, lines):
    return [line for line, _reason in match(groups, lines)]


def _reasons(groups, lines):
    return [reason for _line, reason in match(groups, lines)]


def test_amount_and_hours_decide_before_either_of_them():
    lines = [InvoiceLine(100, 30_000, "Travel"), InvoiceLine(300, 30_000, "Work")]
    assert match([Group(300, 30_000, "Design")], lines) == [(1, "both")]


def test_each_line_is_given_to_one_group_by_its_figures():
    lines = [InvoiceLine(100, 10_000, "A"), InvoiceLine(100, 10_000, "B")]
    groups = [Group(100, 10_000, "x"), Group(100, 10_000, "y"), Group(100, 10_000, "z")]
    assert _positions(groups, lines) == [0, 1, None]


def test_of_equal_figures_the_text_decides():
    lines = [InvoiceLine(100, 10_000, "Text"), InvoiceLine(100, 10_000, "Design October")]
    groups = [Group(100, 10_000, "Website: Design October"), Group(100, 10_000, "Website: Text")]
    assert _positions(groups, lines) == [1, 0]


def test_hours_without_a_price_find_their_line_by_quantity():
    lines = [InvoiceLine(100, 5_000, "A"), InvoiceLine(250, 25_000, "B")]
    assert match([Group(250, None, "Design")], lines) == [(1, "hours")]


def test_text_finds_the_line_where_figures_differ_and_several_groups_may_share_it():
    lines = [InvoiceLine(100, 1, "Website"), InvoiceLine(100, 2, "Hosting")]
    groups = [Group(300, 3, "Website: Design"), Group(400, 4, "Website: Text")]
    assert match(groups, lines) == [(0, "text"), (0, "text")]


def test_groups_that_add_up_to_a_line_are_on_it():
    lines = [InvoiceLine(1, 99, "Hosting"), InvoiceLine(100, 70_000, "October")]
    groups = [Group(300, 30_000, "Design"), Group(400, 40_000, "Text")]
    assert _reasons(groups, lines) == ["sum", "sum"]
    assert _positions(groups, lines) == [1, 1]


def test_the_only_line_takes_everything():
    groups = [Group(300, 30_000, "Design"), Group(400, 40_000, "Text")]
    assert _positions(groups, [InvoiceLine(100, 5, "Fixed price")]) == [0, 0]


def test_what_fits_no_line_is_left_to_the_person():
    lines = [InvoiceLine(100, 1, "Website"), InvoiceLine(100, 2, "Hosting")]
    assert match([Group(300, 3, "Design")], lines) == [(None, None)]
    assert match([Group(0, 0, "")], [InvoiceLine(0, 0, ""), InvoiceLine(0, 0, "")]) == [
        (None, None)
    ]
