"""The page on which a bookkeeper closes periods."""

from datetime import date

from client import message

from exact_sandbox.person import Person

DIVISION = 241806
PAGE = f"/docs/FinPeriods.aspx?_Division_={DIVISION}"
YEAR = date.today().year


def test_a_bookkeeper_closes_and_opens_a_period(anna):
    refused = {"OrderDate": f"{YEAR}-04-15", "Journal": "71"}
    page = anna.person.visit(PAGE)[1]
    assert f"Periods {YEAR}" in page and "Close period 4 of journal 71" in page
    assert "journal 75" not in page and "journal 60" not in page
    status, page, _ = anna.person.submit(page, "year", close="71/4")
    assert status == 200 and "Open period 4 of journal 71" in page
    answer = anna.try_invoice(**refused)
    assert message(answer) == f"Periode is afgesloten: {YEAR} - 4"
    page = anna.person.visit(f"{PAGE}&year={YEAR - 1}")[1]
    assert f"Periods {YEAR - 1}" in page and "Close period 4 of journal 71" in page
    page = anna.person.visit(PAGE)[1]
    status, page, _ = anna.person.submit(page, "year", open="71/4")
    assert status == 200 and "Close period 4 of journal 71" in page
    assert anna.try_invoice(**refused).status_code == 201


def test_periods_are_closed_by_those_who_may(sandbox, sem, anna):
    page = sem.person.visit(PAGE)[1]
    assert "Open" in page and 'name="close"' not in page
    status, text, _ = sem.person.submit(page, "year", close="71/4")
    assert status == 403 and "no right to close" in text
    person = Person(sandbox.url, sandbox.login, sandbox.password)
    page = person.visit(PAGE)[1]
    for wrong in ("71/13", "X/1", "71", "", "71/x"):
        assert person.submit(page, "year", close=wrong)[0] == 404, wrong
    assert person.open(PAGE, {"close": "71/4"})[0] == 403
    assert person.visit("/docs/FinPeriods.aspx?_Division_=3150442")[0] == 404
    path = "read/financial/JournalStatusList"
    assert anna.rows(path, filter="Journal eq '71' and Status eq 1") == []


def test_no_financial_year_at_all(anew):
    sandbox = anew()
    for year in range(YEAR - 1, YEAR + 2):
        body = {"division": DIVISION, "year": year, "exists": False}
        sandbox.control("POST", "periods", body)
    person = Person(sandbox.url, sandbox.login, sandbox.password)
    assert "There is no financial year." in person.visit(PAGE)[1]
