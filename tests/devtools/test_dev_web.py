from devtools.web import forms

PAGE = """
<form action="/log" method="POST"><input name="token" type="hidden" value="a&amp;b">
<input name="UserName"><input type="password" name="Password">
<button type="submit">Log <b>in</b></button></form>
<p><input name="outside" value="1"></p>
<form><input type="checkbox" name="division" value="1"><input type="checkbox" name="division"
value="2" checked><input type="radio" name="r" value="x"><input type="text" name="kept" value="v">
<button name="answer" value="no">Deny</button><button name="answer" value="yes"> Allow </button>
<input type="submit" name="old" value="Toestaan"></form>
"""


def test_forms_are_read_as_a_browser_reads_them():
    login, consent = forms(PAGE)
    assert (login.action, login.method) == ("/log", "post")
    assert (consent.action, consent.method) == ("", "get")
    assert login.has("password") and not consent.has("password")


def test_what_is_typed_goes_with_what_is_hidden():
    login = forms(PAGE)[0]
    assert login.filled(text="me", password="secret") == [
        ("token", "a&b"),
        ("UserName", "me"),
        ("Password", "secret"),
    ]


def test_only_the_pressed_button_and_checked_boxes_are_sent():
    consent = forms(PAGE)[1]
    allow = consent.button("allow")
    assert consent.filled(allow) == [("division", "2"), ("kept", "v"), ("answer", "yes")]
    assert consent.filled() == [("division", "2"), ("kept", "v")]


def test_all_boxes_can_be_checked():
    consent = forms(PAGE)[1]
    assert ("division", "1") in consent.filled(checkbox="all")
    assert ("r", "x") not in consent.filled(checkbox="all")


def test_a_button_is_found_by_its_words():
    login, consent = forms(PAGE)
    assert consent.button("toestaan").name == "old"
    assert login.button("log in").name == ""
    assert consent.button("nothing of this") is None
