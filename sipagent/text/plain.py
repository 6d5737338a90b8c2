"""What a model writes as what a voice can speak, at once or while it is being written.

Markdown, HTML, links, emoji, code and tables never come through; marks of ``marks`` do. The first
clause is given as early as can be, the rest as sentences or long clauses; none is cut within a
number, an abbreviation, a link or a mark. Knows no model and no voice.
"""

from typing import Final

from sipagent.text.language import Language
from sipagent.text.markup import Markup
from sipagent.text.pieces import Pieces, tidy
from sipagent.text.spoken import clean

_THOUGHT: Final = "</think>"


def plain(text: str, keep_marks: bool = True) -> str:
    """Any text of a model as speakable sentences in one line; "" where nothing is left."""
    before, thought, after = clean(text).partition(_THOUGHT)
    markup = Markup(keep_marks)
    whole = after if thought and "<think" not in before else before + thought + after
    return tidy(markup.feed(whole) + markup.end())


class PlainStream:
    """Takes the fragments that a model writes, gives what stands to be spoken.

    Each piece can be spoken by itself: a mark that reaches over two of them is opened and closed
    in both. The pieces' words are those of ``plain`` of the whole.
    """

    def __init__(self, language: Language = Language.EN, keep_marks: bool = True) -> None:
        self._markup = Markup(keep_marks)
        self._pieces = Pieces(language)

    def feed(self, fragment: str) -> list[str]:
        """The sentences or clauses that stand now; often none."""
        return self._pieces.feed(self._markup.feed(clean(fragment)))

    def end(self) -> list[str]:
        """What is left when the model has stopped."""
        return self._pieces.feed(self._markup.end()) + self._pieces.end()
