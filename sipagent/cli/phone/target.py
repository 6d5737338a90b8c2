"""What a Refer-To asks for: the user to call, and the headers to send along."""

from collections.abc import Mapping
from urllib.parse import unquote

from sipagent.sip import message


def refer_target(refer_to: str) -> tuple[str, Mapping[str, str]]:
    """The user part and the headers of a Refer-To value (RFC 3261 section 19.1.1).

    >>> refer_target("<sip:desk+ab@10.0.0.5?X-Token=a%20b>")
    ('desk+ab', {'X-Token': 'a b'})
    """
    uri = refer_to.partition("<")[2].partition(">")[0] or refer_to
    address, _, query = uri.partition("?")
    pairs = (field.partition("=") for field in query.split("&") if field)
    return message.user(address), {unquote(name): unquote(value) for name, _, value in pairs}
