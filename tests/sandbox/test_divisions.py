"""The user and the administrations: chapters 4.1 and 4.2."""

from client import Client


def test_me_and_divisions(sem):
    body = sem.get("/api/v1/current/Me", select="CurrentDivision,FullName").json()["d"]
    assert body["results"][0]["FullName"] == "Sem Jansen"
    codes = {item["code"] for item in sem.sandbox.administrations}
    for path in ("system/Divisions", "hrm/Divisions"):
        assert {row["Code"] for row in sem.rows(path, select="Code")} == codes
    assert {row["Code"] for row in sem.rows("system/Divisions", division=123456)} == codes
    assert sem.rows("hrm/Divisions", select="HID")[0]["HID"].isdigit()


def test_me_says_where_it_is(sem):
    row = sem.get("/api/v1/current/Me").json()["d"]["results"][0]
    address = f"{sem.sandbox.url}/api/v1/current/Me(guid'{row['UserID']}')"
    assert row["__metadata"] == {"uri": address, "type": "Exact.Web.Api.Models.System.Me"}
    assert sem.call("GET", address).json()["d"]["UserID"] == row["UserID"]


def test_current_division_follows_the_browser(anew):
    client = Client(anew()).connect()
    other = client.sandbox.administrations[1]["code"]
    client.person.visit(f"/docs/MenuPortal.aspx?_Division_={other}")
    row = client.get("/api/v1/current/Me").json()["d"]["results"][0]
    assert row["CurrentDivision"] == other
    current = {row["Code"]: row["Current"] for row in client.rows("system/Divisions")}
    assert current[other] and not current[client.division]


def codes(client, path, division=None):
    """Return the numbers in a list of administrations."""
    return {row["Code"] for row in client.rows(path, division, select="Code")}


def test_only_divisions_of_the_licence(anew):
    client = Client(anew()).connect()
    mine, other = (item["code"] for item in client.sandbox.administrations[:2])
    assert {mine, other} <= codes(client, "system/AllDivisions")
    assert codes(client, "hrm/Divisions") == {mine, other}
    client.sandbox.control("POST", "contract", {"division": other, "customer": "900"})
    assert codes(client, "hrm/Divisions") == {mine}
    assert codes(client, "hrm/Divisions", other) == {other}
    assert other not in codes(client, "system/AllDivisions")
    # The user's own list knows no licences.
    assert codes(client, "system/Divisions") == {mine, other}


def test_all_divisions_lists_what_one_may_not_open(anew):
    client = Client(anew())
    mine, other = (item["code"] for item in client.sandbox.administrations[:2])
    client.connect(divisions=[mine])
    assert codes(client, "system/Divisions") == {mine} == codes(client, "hrm/Divisions")
    assert {mine, other} <= codes(client, "system/AllDivisions")
    client.sandbox.control("POST", "users", {"login": client.login, "divisions": [mine]})
    assert other in codes(client, "system/AllDivisions")


def test_hrm_divisions_is_not_there_for_some_licences(anew):
    client = Client(anew()).connect()
    body = {"division": client.division, "hrm": False}
    client.sandbox.control("POST", "contract", body)
    assert client.get("hrm/Divisions", select="Code").status_code == 404
    assert codes(client, "system/Divisions")


def test_the_number_is_spelled_two_ways(anna):
    row = anna.rows("system/Divisions")[0]
    assert "HID" not in row and isinstance(row["Hid"], str)
    other = anna.rows("hrm/Divisions")[0]
    assert "Hid" not in other and other["HID"] == row["Hid"]
