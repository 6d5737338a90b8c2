"""What is read out of SIP messages and written into them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipagent.sip import message
from sipagent.sip.uri import refer_to

INVITE = (
    "INVITE sip:+97142000000@10.0.0.1;user=phone SIP/2.0\r\n"
    "v: SIP/2.0/UDP 10.0.0.9\r\n"
    'f: "Ali" <sip:+971501111111@carrier>;tag=1\r\n'
    "To: <sip:+97143333333@10.0.0.1>\r\n"
    "i: abc@0.0.0.0\r\n"
    "Diversion: <sip:+97142222222@twilio.com>;reason=unconditional\r\n"
    "Subject: folded\r\n"
    "  line\r\n"
    "\r\n"
    "v=0\r\n"
)


def test_compact_and_folded_headers_are_read() -> None:
    request = message.parse(INVITE)
    assert request.method == "INVITE"
    assert request.header("Call-ID") == "abc@0.0.0.0"
    assert request.header("subject") == "folded line"


def test_the_dialled_number_is_looked_for_in_request_uri_then_diversion_then_to() -> None:
    request = message.parse(INVITE)
    assert message.dialled_candidates(request) == (
        "+97142000000",
        "+97142222222",
        "+97143333333",
    )


def test_the_caller_stands_where_the_trunk_says() -> None:
    asserted = INVITE.replace(
        "Subject", "P-Asserted-Identity: <sip:+971509999999@carrier;user=phone>\r\nSubject"
    )
    plain, both = message.parse(INVITE), message.parse(asserted)
    assert message.caller(plain, ["asserted", "from"]) == "+971501111111"
    assert message.caller(both, ["asserted", "from"]) == "+971509999999"
    assert message.caller(both, ["from", "asserted"]) == "+971501111111"
    assert message.caller(both, ["remote-party"]) == ""


def test_a_national_number_gets_the_trunks_country_code() -> None:
    assert message.e164("042000000", "971") == "+97142000000"
    assert message.e164("0501234567", "971") == "+971501234567"
    assert message.e164("0097142000000", "971") == "+97142000000"
    assert message.e164("998", "971") == "998"


@pytest.mark.parametrize(
    ("dialled", "number"),
    [
        ("+97142000000", "+97142000000"),
        ("0097142000000", "+97142000000"),
        ("97142000000", "+97142000000"),
        ("+971 4 200-0000", "+97142000000"),
        ("support", "support"),
        ("042000000", "042000000"),
        ("998", "998"),
    ],
)
def test_numbers_become_e164_where_they_are_international(dialled: str, number: str) -> None:
    assert message.e164(dialled) == number


@given(st.text(max_size=400))
def test_any_text_is_parsed_without_an_exception(text: str) -> None:
    request = message.parse(text)
    message.dialled_candidates(request)
    message.caller(request, ["asserted", "remote-party", "from"], "971")


def test_header_values_inside_refer_to_are_escaped() -> None:
    uri = refer_to("sip:desk+abc@10.0.0.5", {"User-to-User": "00ab;encoding=hex"})
    assert uri == "<sip:desk+abc@10.0.0.5?User-to-User=00ab%3Bencoding%3Dhex>"


@pytest.mark.parametrize("target", ["sip:a@b\r\nEvil: 1", "sip:a@b>", "sip:a b@c", 'sip:"a"@b'])
def test_what_could_end_the_header_is_refused(target: str) -> None:
    with pytest.raises(ValueError, match="not a SIP URI"):
        refer_to(target, {})


def test_a_refer_to_longer_than_proxies_take_is_refused() -> None:
    with pytest.raises(ValueError, match="512"):
        refer_to("sip:desk@host", {"X": "y" * 600})


@given(st.text(max_size=60))
def test_no_header_value_can_break_out_of_refer_to(value: str) -> None:
    try:
        uri = refer_to("sip:desk@host", {"X-Token": value})
    except (ValueError, UnicodeEncodeError):
        return
    assert not set('\r\n <>"') & set(uri[1:-1])
    assert uri.count("&") == 0
    assert uri.count("?") == 1 + value.count("?")
