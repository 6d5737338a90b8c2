"""An ONNX file as small as can be: the inputs and outputs of a turn detector, and no learning.

Written field by field (onnx.proto, IR version 8, operator set 13), since nothing else here needs
the library that writes such files. It says how loud the last tenth of a turn is, 0 to 1.
"""

from typing import Final

FLOAT: Final = 1
INT: Final = 2
INTS: Final = 7


def field(number: int, value: int | str | bytes) -> bytes:
    """One field of a protobuf message: a number, a string or a message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    body = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(body)) + body


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def attribute(name: str, value: int | list[int]) -> bytes:
    if isinstance(value, int):
        return field(1, name) + field(3, value) + field(20, INT)
    return field(1, name) + b"".join(field(8, one) for one in value) + field(20, INTS)


def node(kind: str, inputs: list[str], output: str, *attributes: bytes) -> bytes:
    names = b"".join(field(1, one) for one in inputs) + field(2, output) + field(4, kind)
    return names + b"".join(field(5, one) for one in attributes)


def value(name: str, *shape: int | str) -> bytes:
    sizes = b"".join(
        field(1, field(1, one) if isinstance(one, int) else field(2, one)) for one in shape
    )
    tensor = field(1, FLOAT) + field(2, sizes)
    return field(1, name) + field(2, field(1, tensor))


def integers(name: str, *values: int) -> bytes:
    """A constant of int64."""
    return (
        field(1, len(values)) + field(2, 7) + b"".join(field(7, one) for one in values)
    ) + field(8, name)


def turn_model() -> bytes:
    """``input_features [turns, 80, 800]`` to ``logits [turns]``."""
    nodes = [
        node("Slice", ["input_features", "from", "to", "axis"], "end"),
        node("ReduceMean", ["end"], "mean", attribute("axes", [1, 2]), attribute("keepdims", 0)),
        node("Sigmoid", ["mean"], "logits"),
    ]
    constants = [integers("from", 720), integers("to", 800), integers("axis", 2)]
    graph = (
        b"".join(field(1, one) for one in nodes)
        + field(2, "stand-in")
        + b"".join(field(5, one) for one in constants)
        + field(11, value("input_features", "turns", 80, 800))
        + field(12, value("logits", "turns"))
    )
    return field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 13))
