"""How far two words are apart in letters. Knows no language."""


def within(one: str, other: str, most: int) -> bool:
    """Whether at most ``most`` insertions, deletions or replacements turn one into the other."""
    if abs(len(one) - len(other)) > most:
        return False
    row = list(range(len(other) + 1))
    for line, letter in enumerate(one, start=1):
        diagonal, row[0] = row[0], line
        for column, against in enumerate(other, start=1):
            diagonal, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, diagonal + (letter != against)),
            )
        if min(row) > most:
            return False
    return row[-1] <= most
