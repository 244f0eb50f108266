"""Whatever comes back: a value, or an error of the family that tells the truth about effects."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exact_online import ExactError, NotConnected, UnknownOutcome
from exact_online.answers import read_answer, written_answer
from exact_online.values import decode
from exact_online.wire import CUT, GARBLED, LOST, NEVER_OPENED, TIMED_OUT, TOO_LARGE, Answer

BODIES = [
    b'{"d":{"results":[{"ID":"71b9","Created":"\\/Date(1731320070997)\\/","AmountFC":1.10}]}}',
    b'{"d":[{"Code":"                25","Timestamp":"5"}]}',
    b'{"d":{"InvoiceID":"0f8f","SalesInvoiceLines":{"__deferred":{"uri":"x"}}}}',
    b'{"error":{"code":"","message":{"lang":"","value":"Verplicht: A\\r\\nVerplicht: B"}}}',
    b'{"fault":{"faultstring":"x","detail":{"errorcode":"y"}}}',
    b"<html></html>",
    b"",
]
FLAWS = [NEVER_OPENED, LOST, TIMED_OUT, CUT, TOO_LARGE, GARBLED]
STATUSES = [200, 201, 204, 301, 304, 400, 401, 403, 404, 408, 413, 429, 460, 500, 502, 504, 599]


@st.composite
def mutated_bodies(draw):
    body = bytearray(draw(st.sampled_from(BODIES)))
    for _change in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(body)))
        body[place : place + draw(st.integers(0, 6))] = draw(st.binary(max_size=6))
    return bytes(body)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["/Date(99999999999999999)/", "A problem has occurred"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["d", "results", "__next", "error", "message", "value", "ID"]), inner
        )
    ),
    max_leaves=8,
)

ANSWERS = st.builds(
    Answer,
    st.sampled_from(STATUSES),
    st.fixed_dictionaries(
        {"Content-Type": st.sampled_from(["application/json", "text/html", "", "é;;"])},
        optional={"Reason": st.text(max_size=5), "Retry-After": st.text(max_size=5)},
    ),
    mutated_bodies() | JSON.map(lambda value: json.dumps(value).encode()),
    st.sampled_from(["", "", "", *FLAWS[2:]]),
) | st.builds(Answer, st.none(), flaw=st.sampled_from(FLAWS[:3]))


@settings(max_examples=1000)
@given(ANSWERS)
def test_any_answer_to_a_reading_call(answer):
    try:
        document = read_answer(answer)
        for part in document.values() if isinstance(document, dict) else [document]:
            decode(part)
    except ExactError as error:
        assert error.took_effect is False
    else:
        assert answer.status in (200, 201, 204) and not answer.flaw


@settings(max_examples=1000)
@given(ANSWERS, st.booleans())
def test_any_answer_to_a_write(answer, expects_entity):
    try:
        entity = written_answer(answer, expects_entity=expects_entity)
    except NotConnected as error:
        assert answer.status == 401 and error.took_effect is False
    except UnknownOutcome:
        assert answer.flaw != NEVER_OPENED
    except ExactError as error:
        # Told to have had no effect: only with a status that says so, or when nothing left.
        assert error.took_effect is False
        assert answer.flaw == NEVER_OPENED or 400 <= answer.status <= 500 or answer.status == 599
        assert answer.status not in (408, 502, 504)
    else:
        assert answer.status in (200, 201, 204)
        assert entity or (answer.status == 204 and not expects_entity)


@pytest.mark.parametrize("status", [460, 500, 599])
def test_a_server_error_is_a_refusal_only_with_a_text(status):
    body = b'{"error":{"code":"","message":{"lang":"","value":%s}}}'
    with pytest.raises(UnknownOutcome):
        written_answer(Answer(status, {}, body % b'"  "'), expects_entity=True)
    with pytest.raises(ExactError, match="Verplicht") as caught:
        written_answer(Answer(status, {}, body % b'"Verplicht: A"'), expects_entity=True)
    assert caught.value.took_effect is False
