"""``sipagent models``: which speech models are there, and how to get another."""

import warnings
from pathlib import Path
from typing import Final

import click

from sipagent.config import WhisperSettings, load
from sipagent.engines.model_folder import EMBEDDED, find_model
from sipagent.errors import ModelMissing

_DATA_DIR: Final = click.option(
    "--data-dir", type=click.Path(path_type=Path, file_okay=False), help="Default: the settings'."
)


@click.group()
def models() -> None:
    """List and fetch speech models."""


@models.command("list")
@_DATA_DIR
def list_models(data_dir: Path | None) -> None:
    """The models on this machine, by the name that engines.whisper.model takes."""
    chosen = load().engines.whisper.chosen().model
    for folder, origin in (*_in(EMBEDDED, "embedded"), *_in(_folder(data_dir), "fetched")):
        size_mb = (folder / "model.bin").stat().st_size / 1e6
        mark = "  in use" if folder.name == chosen else ""
        click.echo(f"{folder.name:<24}{size_mb:8.1f} MB  {origin}{mark}")


@models.command()
@_DATA_DIR
def profiles(data_dir: Path | None) -> None:
    """The recogniser's profiles, by the name that engines.whisper.profile and a tenant take."""
    whisper, models_dir = load().engines.whisper, _folder(data_dir)
    for name in whisper.profiles:
        chosen = whisper.chosen(name)
        try:
            find_model(chosen.model, models_dir)
            own = name == whisper.profile and whisper.model in (None, chosen.model)
            here = "in use" if own else "here"
        except ModelMissing:
            here = f"run: sipagent models pull {name}"
        how = f"beam {chosen.beam_size}, {chosen.device}"
        click.echo(f"{name:<16}{chosen.model:<20}{how:<16}{here}")


@models.command()
@click.argument("name")
@_DATA_DIR
def pull(name: str, data_dir: Path | None) -> None:
    """Fetch a Whisper model: tiny, base, small, medium, large-v3, large-v3-turbo, OWNER/NAME, or
    a profile's by the name of the profile.

    It lands in <data_dir>/models/NAME; set engines.whisper.profile or model to use it.
    """
    import faster_whisper

    warnings.filterwarnings("ignore", module="huggingface_hub")
    whisper = load().engines.whisper
    if name in whisper.profiles:
        name = whisper.profiles[name].model
    folder = _folder(data_dir) / name.replace("/", "--")
    click.echo(f"Fetching {name} into {folder}")
    try:
        faster_whisper.download_model(name, output_dir=str(folder))
    except ValueError as error:
        raise ModelMissing(f"no model {name}: {_first_line(error)}") from None
    except Exception as error:
        raise ModelMissing(
            f"cannot fetch {name}: {_first_line(error)}; "
            f"on a machine with a network, fetch it and copy the folder to {folder}"
        ) from None
    if not (folder / "model.bin").is_file():
        raise ModelMissing(f"{name} is no CTranslate2 Whisper model: it has no model.bin")
    serves = _profiles(whisper, folder.name)
    setting = f"PROFILE={serves[-1]}" if serves else f"MODEL={folder.name}"
    click.echo(f"Use it: SIPAGENT_ENGINES__WHISPER__{setting} sipagent serve")
    click.echo(
        "It must answer within engines.deadline_s; set engines.whisper.device and threads for it."
    )


def _profiles(whisper: WhisperSettings, model: str) -> list[str]:
    """The names of the profiles that a model serves."""
    return [name for name, profile in whisper.profiles.items() if profile.model == model]


def _folder(data_dir: Path | None) -> Path:
    return (data_dir or load().data_dir) / "models"


def _in(folder: Path, origin: str) -> list[tuple[Path, str]]:
    """The folders that hold a model, by name."""
    found = (path.parent for path in folder.glob("*/model.bin"))
    return [(path, origin) for path in sorted(found)]


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
