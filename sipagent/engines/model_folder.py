"""Where speech models lie, and what their folders say of them. Loads none."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sipagent.errors import ModelMissing

DEFAULT_WINDOW_S: Final = 30
EMBEDDED: Final = Path(__file__).parent / "models"
_PARTS: Final = ("model.bin", "config.json", "tokenizer.json")


@dataclass(frozen=True, slots=True)
class Folder:
    """What a model's own description says.

    ``window_s`` is the length that it hears at once; ``hears_shorter``, whether it was trained
    on less than that too, and need not be given silence up to there.
    """

    window_s: int
    hears_shorter: bool

    @classmethod
    def read(cls, path: Path) -> "Folder":
        """Raises ``ModelMissing``."""
        file = path / "preprocessor_config.json"
        if not file.is_file():
            return cls(DEFAULT_WINDOW_S, hears_shorter=False)
        try:
            described = json.loads(file.read_text(encoding="utf-8"))
            window_s = int(described.get("chunk_length", DEFAULT_WINDOW_S))
            return cls(window_s, described.get("hears_shorter") is True)
        except (ValueError, AttributeError) as error:
            raise ModelMissing(f"{file} cannot be read: {error}") from None


def find_model(name_or_path: str, models_dir: Path) -> Path:
    """The folder of a model: a path, a name in ``models_dir``, or one that the package ships.

    Raises ``ModelMissing``, which says how to get it.
    """
    for folder in (Path(name_or_path), models_dir / name_or_path, EMBEDDED / name_or_path):
        if folder.is_dir():
            missing = [part for part in _PARTS if not (folder / part).is_file()]
            if missing:
                raise ModelMissing(f"{folder} is not a whole model: {', '.join(missing)} missing")
            return folder
    raise ModelMissing(
        f"the speech model {name_or_path!r} is not in {models_dir}; "
        f"run: sipagent models pull {name_or_path}"
    )
