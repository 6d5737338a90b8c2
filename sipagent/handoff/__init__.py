"""Handing a caller to a human, as a transaction: the token, the states, the REFER."""
