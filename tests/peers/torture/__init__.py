"""Torture messages for a SIP server over UDP: odd but legal ones, bad ones, seeded mutations."""

from tests.peers.torture.messages import messages as messages
from tests.peers.torture.mutations import mutations as mutations
