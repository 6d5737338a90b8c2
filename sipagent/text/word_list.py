"""Word lists written as prose, which is how a reader checks them."""


def word_list(text: str) -> tuple[str, ...]:
    """The words of a text in order, as it has them."""
    return tuple(text.split())
