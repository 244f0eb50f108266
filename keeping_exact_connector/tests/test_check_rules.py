from datetime import date, datetime, timedelta
from unittest.mock import ANY

from odoo.tests import BaseCase, tagged

from ..checking import periods, rules
from ..checking.asking import INVOICES, ITEMS, Asker
from ..checking.facts import Answer, Chosen, Facts, Refusal
from ..checking.periods import Period
from ..exact_online import NoRight, Refused

TODAY = date(2026, 11, 25)
ITEM = {
    "ID": "i",
    "Code": "UREN",
    "Description": "Uren",
    "IsSalesItem": True,
    "IsFractionAllowedItem": True,
    "IsStockItem": False,
}
GROUP = {"Code": "D", "IsDefault": 1, "GLRevenue": "r", "GLStock": "s", "GLCosts": "c"}


def year(number, **changes):
    """Rows of FinancialPeriods for a whole year in one period."""
    start, end = datetime(number, 1, 1), datetime(number, 12, 31)
    return {"FinYear": number, "FinPeriod": 1, "StartDate": start, "EndDate": end, **changes}


class ScriptedClient:
    """Answers from a list; what is an error is raised."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def _next(self, endpoint):
        self.asked.append(endpoint)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def rows(self, endpoint, **_options):
        return self._next(endpoint)

    def has_right(self, endpoint, method):
        return self._next((endpoint, method))


@tagged("post_install", "-at_install")
class TestCheckRules(BaseCase):
    """What facts mean, without Exact: also those that are hard to bring about there."""

    def _result(self, code, chosen=None, **facts):
        chosen = Chosen(division=1, today=TODAY, **(chosen or {}))
        return rules.RULES[code](Facts(**facts), chosen)

    def test_nothing_known_is_nothing_claimed(self):
        results = rules.run(Facts(), Chosen(division=1, today=TODAY))
        self.assertEqual({result.state for result in results.values()}, {"unknown"})

    def test_an_empty_list_never_blocks(self):
        empty = Answer([])
        facts = dict.fromkeys(
            ("journals", "vat_codes", "payment_conditions", "periods", "item_groups", "item"), empty
        )
        chosen = {"journal": "70", "vat_code": "4", "payment_condition": "30", "item_guid": "i"}
        for code in rules.RULES:
            if code != "division_access":
                with self.subTest(check=code):
                    self.assertEqual(self._result(code, chosen, **facts).state, "unknown")

    def test_an_item_is_gone_only_when_another_one_is_seen(self):
        chosen = {"item": "Uren", "item_guid": "i"}
        for others, state in (([], "unknown"), ([ITEM], "blocked")):
            found = self._result("hours_item", chosen, item=Answer([]), any_item=Answer(others))
            self.assertEqual(found.state, state)

    def test_no_item_chosen_depends_on_what_making_one_needs(self):
        fitting, group = Answer([ITEM]), Answer([GROUP])
        may = {(ITEMS, "POST"): True}
        for message, facts in (
            ("item_to_make", {"item": Answer([]), "item_groups": group, "rights": may}),
            ("item_proposed", {"item": fitting, "item_groups": group, "rights": may}),
            (
                "item_unmakeable",
                {"item": fitting, "item_groups": group, "rights": {(ITEMS, "POST"): False}},
            ),
            (
                "item_unmakeable",
                {
                    "item": fitting,
                    "item_groups": Answer([{**GROUP, "GLRevenue": None}]),
                    "rights": may,
                },
            ),
            # A group that is not shown is no reason to doubt.
            ("item_to_make", {"item": Answer([]), "item_groups": Answer([]), "rights": may}),
        ):
            with self.subTest(message=message):
                self.assertEqual(self._result("hours_item", **facts).message, message)
        stock = Answer([{**ITEM, "IsStockItem": True}])
        proposed = self._result("hours_item", item=stock, item_groups=group, rights=may)
        self.assertEqual(proposed.message, "item_to_make", "goods are not proposed")

    def test_the_item_group_only_warns_who_has_an_item(self):
        facts = {"item": Answer([ITEM]), "item_groups": Answer([{**GROUP, "IsDefault": 0}])}
        self.assertEqual(self._result("item_group", **facts).state, "blocked")
        self.assertEqual(self._result("item_group", {"item_guid": "i"}, **facts).state, "warning")
        unfit = {**facts, "item": Answer([{**ITEM, "IsSalesItem": False}])}
        self.assertEqual(self._result("item_group", {"item_guid": "i"}, **unfit).state, "blocked")
        without = {**GROUP, "GLStock": None}
        found = self._result("item_group", item_groups=Answer([without]))
        self.assertEqual(found.message, "item_group_ledgers")

    def test_nothing_chosen(self):
        sales = {"Code": "70", "Type": 20, "IsBlocked": False}
        for code, name, rows, expected in (
            ("journal", "journals", [sales], ("warning", "journal_open")),
            ("journal", "journals", [{**sales, "IsBlocked": True}], ("blocked", "journal_none")),
            ("vat_code", "vat_codes", [{"Code": "4"}], ("warning", "vat_open")),
            ("payment_condition", "payment_conditions", [{"Code": "1"}], ("ok", "payment_open")),
            ("payment_condition", "payment_conditions", [], ("ok", "payment_open")),
        ):
            with self.subTest(expected=expected):
                found = self._result(code, **{name: Answer(rows)})
                self.assertEqual((found.state, found.message), expected)

    def test_divisions_that_are_not_open(self):
        row = {"Code": 1, "Status": 1, "BlockingStatus": 0}
        for changes, message in (
            ({}, "division_ok"),
            ({"Status": 2}, "division_archived"),
            ({"Status": 0}, "division_archived"),
            ({"BlockingStatus": 1}, "division_blocked"),
            ({"Code": 2}, "division_not_listed"),
        ):
            facts = Facts(divisions=Answer([{**row, **changes}]))
            chosen = Chosen(division=1, today=TODAY)
            with self.subTest(changes=changes):
                self.assertEqual(rules.division_access(facts, chosen).message, message)
                self.assertEqual(rules.may_call(facts, chosen), message == "division_ok")

    def test_years(self):
        shut = [{"Journal": "70", "Year": 2026, "Period": 1, "Status": 1}]
        refused = Answer(refusal=Refusal("refused", "no"))
        none = Answer([])
        late = Chosen(division=1, today=date(2026, 12, 20))
        for rows, closed, journal, expected in (
            ([year(2026), year(2027)], none, "70", ("ok", "year_ok")),
            ([year(2025)], none, "70", ("blocked", "year_none")),
            ([year(2026), year(2027)], Answer(shut), "70", ("blocked", "period_shut")),
            ([year(2026), year(2027)], Answer(shut), "71", ("ok", "year_ok")),
            ([year(2026), year(2027)], refused, "70", ("unknown", "unread_refused")),
        ):
            with self.subTest(expected=expected, journal=journal):
                facts = {"periods": Answer(rows), "closed_periods": closed}
                found = self._result("fiscal_year", {"journal": journal}, **facts)
                self.assertEqual((found.state, found.message), expected)
        ending = Facts(periods=Answer([year(2026)]), closed_periods=none)
        self.assertEqual(rules.fiscal_year(ending, late).message, "year_ends")

    def test_dates_in_periods(self):
        months = [
            Period(2026, 10, date(2026, 10, 1), date(2026, 10, 31), frozenset({"70", "71"})),
            Period(2026, 11, date(2026, 11, 1), date(2026, 11, 30), frozenset({"70"})),
            Period(2026, 12, date(2026, 12, 1), date(2026, 12, 31), frozenset({"70"})),
            Period(2026, 13, date(2026, 12, 1), date(2026, 12, 31)),
        ]
        both = {"70", "71"}
        for day, journals, expected in (
            (date(2026, 9, 30), both, None),
            (date(2026, 10, 1), both, ("period_shut", ANY)),
            (date(2026, 10, 31), {"70"}, ("period_shut", ANY)),
            (date(2026, 11, 30), both, None),
            (date(2026, 11, 30), {"70"}, ("period_shut", ANY)),
            (date(2026, 11, 30), set(), None),
            # A thirteenth period has the dates of December.
            (date(2026, 12, 31), {"70"}, None),
            (date(2027, 1, 1), both, ("year_none", {"date": "2027-01-01", "year": "2027"})),
        ):
            with self.subTest(day=day, journals=journals):
                self.assertEqual(periods.find_problem(months, day, journals), expected)
        self.assertIsNone(periods.find_problem([], TODAY + timedelta(9999), both), "not read")

    # What a refusal means

    def test_a_bare_403_is_sorted_out_by_the_right(self):
        bare = NoRight(messages=["Forbidden"])
        for has, code in ((True, "licence_module"), (False, "right_missing")):
            client = ScriptedClient(bare, has)
            answer = Asker(client, Facts()).rows(INVOICES, ["InvoiceID"])
            self.assertEqual((answer.rows, answer.refusal), ((), Refusal(code, "Forbidden")))
            self.assertEqual(client.asked, [INVOICES, (INVOICES, "GET")])

    def test_what_is_known_to_be_refused_is_not_asked(self):
        text = "Forbidden - Application Scope Violated. Cannot read 'logistics.items' scope."
        client, facts = ScriptedClient(NoRight(messages=[text], cause="scope")), Facts()
        asker = Asker(client, facts)
        for endpoint in (ITEMS, "logistics/ItemGroups"):
            self.assertEqual(asker.rows(endpoint, ["ID"]).refusal, Refusal("no_scope", text))
        self.assertEqual(client.asked, [ITEMS])
        self.assertEqual(facts.missing_scopes, {"Logistics items": text})

    def test_a_refusal_of_the_whole_ends_the_run(self):
        client, facts = ScriptedClient(NoRight(reason="LicenseExpired: x")), Facts()
        asker = Asker(client, facts)
        asker.rows(ITEMS, ["ID"])
        self.assertEqual(asker.rows(INVOICES, ["ID"]).refusal.code, "not_asked")
        self.assertIsNone(asker.right(INVOICES, "POST"))
        self.assertEqual(client.asked, [ITEMS])
        self.assertEqual(facts.closed.code, "licence_expired")

    def test_what_was_not_shown_is_asked_for_by_the_right(self):
        client = ScriptedClient(False)
        answer = Asker(client, Facts(), {ITEMS}).rows(ITEMS, ["ID"])
        self.assertEqual(answer.refusal.code, "right_missing")
        client = ScriptedClient(True, [ITEM])
        self.assertEqual(Asker(client, Facts(), {ITEMS}).rows(ITEMS, ["ID"]).rows, [ITEM])

    def test_another_refusal_is_told_in_exacts_words(self):
        client = ScriptedClient(Refused(messages=["Kapot"]))
        facts = Facts(journals=Asker(client, Facts()).rows("financial/Journals", ["ID"]))
        found = rules.journal(facts, Chosen(division=1, today=TODAY, journal="70"))
        self.assertEqual(found, ("unknown", "unread_refused", {"text": "Kapot"}))
