"""The arguments of tool calls against the part of JSON Schema that is known."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipagent.dialog.agent.arguments import BadArguments, check, faults, parsed
from sipagent.dialog.agent.data import as_data
from sipagent.dialog.tools import BUILT_IN, ask_of
from sipagent.errors import ConfigError
from sipagent.ports import Expect, Kind

BOOKING: dict[str, object] = {
    "type": "object",
    "title": "A booking",
    "properties": {
        "branch": {"type": "string", "enum": ["sharjah", "ajman"], "description": "which"},
        "people": {"type": "integer", "minimum": 1, "maximum": 9},
        "phone": {"type": ["string", "null"], "pattern": r"^\+?\d{7,15}$"},
        "days": {
            "type": "array",
            "items": {"type": "string", "minLength": 2, "maxLength": 3},
            "minItems": 1,
            "maxItems": 2,
        },
        "price": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 10},
        "when": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        "kind": {"const": "visit"},
    },
    "required": ["branch", "people"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    "arguments",
    [
        {"branch": "ajman", "people": 2},
        {"branch": "ajman", "people": 2.0, "phone": None, "days": ["mon", "tu"], "price": 9.5},
        {"branch": "sharjah", "people": 9, "phone": "+97150123456", "when": 5, "kind": "visit"},
    ],
)
def test_arguments_that_fit_are_given(arguments: dict[str, object]) -> None:
    assert parsed(json.dumps(arguments), BOOKING) == arguments


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ("", "branch: missing; people: missing"),
        ("null", "not a JSON object"),
        ("[]", "not a JSON object"),
        ("{", "not JSON"),
        ('{"people": NaN}', "not JSON"),
        ('{"people": Infinity}', "not JSON"),
        ('{"price": 1e999}', "not JSON"),
        ("[" * 30_000, "more than 16384 characters"),
        ("[" * 10_000, "not JSON"),
        ('{"branch": "dubai", "people": 2}', 'branch: none of ["sharjah", "ajman"]'),
        ('{"branch": "ajman", "people": "2"}', "people: not of type integer"),
        ('{"branch": "ajman", "people": 2.5}', "people: not of type integer"),
        ('{"branch": "ajman", "people": true}', "people: not of type integer"),
        ('{"branch": "ajman", "people": 0}', "people: less than 1"),
        ('{"branch": "ajman", "people": 10}', "people: more than 9"),
        ('{"branch": "ajman", "people": 2, "phone": "x"}', "phone: does not match"),
        ('{"branch": "ajman", "people": 2, "phone": 5}', "phone: not of type string or null"),
        ('{"branch": "ajman", "people": 2, "days": []}', "days: fewer items than 1"),
        ('{"branch": "ajman", "people": 2, "days": ["mon", 5]}', r"days\[1\]: not of type string"),
        ('{"branch": "ajman", "people": 2, "days": ["m"]}', r"days\[0\]: shorter than 2"),
        ('{"branch": "ajman", "people": 2, "days": ["monday"]}', r"days\[0\]: longer than 3"),
        ('{"branch": "ajman", "people": 2, "days": ["mo", "tu", "we"]}', "more items than 2"),
        ('{"branch": "ajman", "people": 2, "price": 0}', "price: not more than 0"),
        ('{"branch": "ajman", "people": 2, "price": 10}', "price: not less than 10"),
        ('{"branch": "ajman", "people": 2, "when": true}', "when: fits no choice"),
        ('{"branch": "ajman", "people": 2, "kind": "call"}', "kind: none of"),
        ('{"branch": "ajman", "people": 2, "vip": 1}', "vip: unknown"),
    ],
)
def test_arguments_that_do_not_fit_say_where_and_why(arguments: str, why: str) -> None:
    with pytest.raises(BadArguments) as caught:
        parsed(arguments, BOOKING)
    assert why.replace("\\", "") in str(caught.value)


def test_of_many_faults_the_first_are_told() -> None:
    with pytest.raises(BadArguments) as caught:
        parsed(json.dumps({str(number): 1 for number in range(50)}), BOOKING)
    assert str(caught.value).count(";") == 4


def test_other_properties_may_have_a_schema() -> None:
    open_ended = {"type": "object", "additionalProperties": {"type": "integer"}}
    assert faults({"a": 1}, open_ended) == []
    assert faults({"a": "1"}, open_ended) == ["a: not of type integer"]


def test_true_is_not_one() -> None:
    assert faults(True, {"enum": [1, 2]})
    assert faults(1, {"const": True})
    assert faults(1, {"enum": [1, 2]}) == []


@pytest.mark.parametrize(
    ("schema", "what"),
    [
        ({"type": "object", "patternProperties": {}}, "patternProperties: not known"),
        ({"properties": {"a": {"$ref": "#"}}}, r"parameters\.a: \$ref: not known"),
        ({"type": "date"}, "type 'date' is none of"),
        ({"items": {"oneOf": []}}, "oneOf: not known"),
        ({"anyOf": [{"if": {}}]}, "if: not known"),
        ({"additionalProperties": {"not": {}}}, "not: not known"),
        ({"type": "string", "pattern": "("}, "pattern: "),
    ],
)
def test_a_schema_that_asks_for_more_is_refused(schema: dict[str, object], what: str) -> None:
    with pytest.raises(ConfigError, match=what):
        check(schema)


def test_the_schemas_of_the_built_in_tools_are_known() -> None:
    for spec in BUILT_IN:
        check(spec.parameters)
        assert spec.description


def test_counts_that_come_the_wrong_way_round_are_turned() -> None:
    ask = ask_of("ask_digits", {"question": "Which?", "fewest": 10, "most": 8})
    assert ask is not None
    assert ask.expect == Expect(Kind.DIGITS, 8, 10)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(JSON)
def test_whatever_a_model_writes_is_judged(value: object) -> None:
    found = faults(value, BOOKING)
    assert all(isinstance(fault, str) for fault in found)
    if not isinstance(value, dict):
        assert found


@given(st.text(max_size=300))
def test_data_holds_no_mark_of_a_prompt(text: str) -> None:
    quoted = as_data(text, 100)
    assert not set("<>[]`\n\r\u202e\u200b") & set(quoted)
    assert len(quoted) <= 100


def test_data_reads_as_before() -> None:
    assert as_data("غرامة  20\nدرهما (2%)") == "غرامة 20 درهما (2%)"
    assert as_data("a" * 50, 10) == "aaaaaaaaa…"
