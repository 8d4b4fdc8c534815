"""The commands about data sets: which there are, preparing one, looking at one."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from ._output import name_skipped, print_table
from ._usage import usage_error, usage_errors

data = typer.Typer(
    help="Data sets: which there are, prepare one, look at one.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
NameArgument = Annotated[
    str, typer.Argument(help="Name of a set, see `jaxcnn data list`; for `show` also a folder.")
]
FolderOption = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Folder of prepared sets; by default in the user's cache."),
]


@data.command("list")
def list_sets(data_dir: FolderOption = None) -> None:
    """List the data sets, and which of them are ready."""
    from rich.table import Table

    from jaxcnn.data import list_datasets, list_embedded
    from jaxcnn.data._catalogue import described

    table = Table("name", "ready", "what it is")
    for name in list_datasets():
        ready = "embedded" if name in list_embedded() else _prepared(name, data_dir)
        table.add_row(name, ready, described(name)[0].split(". ")[0])
    print_table(table)


def _prepared(name: str, data_dir: Path | None) -> str:
    from jaxcnn.data._prepare import prepared_members

    members = prepared_members(name, data_dir)
    if name.endswith("/"):
        return ", ".join(members) or "-"
    return "yes" if members else "-"


@data.command()
def prepare(
    name: NameArgument,
    source: Annotated[
        Path | None,
        typer.Option("--from", help="Folder or file with the set's files, instead of a download."),
    ] = None,
    skip_broken: Annotated[
        bool, typer.Option("--skip-broken", help="Leave out images that cannot be decoded.")
    ] = False,
    data_dir: FolderOption = None,
) -> None:
    """Download a set, or take its files from a folder, and write it as records.

    A set appears whole or not at all; an interrupted command can be repeated.
    """
    with _errors():
        from jaxcnn.data import prepare as prepare_set
        from jaxcnn.data._records import read_info

        done = prepare_set(
            name, source, data_dir=data_dir, on_error="skip" if skip_broken else "raise"
        )
        counts, _ = read_info(done.path)
    name_skipped(done.skipped)
    sizes = ", ".join(f"{count} {split}" for split, count in counts.items())
    typer.echo(f"{name}: {sizes}{'' if done.is_new else ' (it was there already)'}\n{done.path}")


@data.command()
def show(
    name: NameArgument,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The picture; by default NAME.png.")
    ] = None,
    split: Annotated[str | None, typer.Option("--split", help="Which part.")] = None,
    per_class: Annotated[
        int, typer.Option("--per-class", help="Examples of each class.", min=1, max=50)
    ] = 8,
    label: Annotated[str, typer.Option("--label", help="Which label.")] = "label",
    data_dir: FolderOption = None,
) -> None:
    """Say what a set holds, and draw a few examples of every class with their labels."""
    with _errors():
        loaded = _load(name, split, label, data_dir)
        path = output or Path(f"{Path(name).resolve().name if Path(name).exists() else name}.png")
        path = path if output else Path(path.as_posix().replace("/", "_"))

        from jaxcnn.plotting._sheet import write_sheet

        drawn = write_sheet(loaded, path, per_class)
    name_skipped(loaded.skipped)
    shape = " x ".join(map(str, loaded.images.shape[1:]))
    typer.echo(f"{name}, {loaded.split}: {len(loaded)} examples of {shape}")
    for class_name, count in loaded.counts().items():
        typer.echo(f"  {class_name}: {count}")
    more = "" if drawn == len(loaded.class_names) else f" (the first {drawn} classes)"
    typer.echo(f"{path}{more}")


def _load(name: str, split: str | None, label: str, data_dir: Path | None) -> Any:
    from jaxcnn.data import load, splits_of

    part = split or splits_of(name, data_dir)[0]
    options: dict[str, Any] = {"label": label, "data_dir": data_dir, "on_error": "skip"}
    try:
        return load(name, part, **options)
    except ValueError as error:
        if not str(error).startswith("size "):
            raise
    return load(name, part, size=96, **options)  # photographs of many sizes, as small pictures


@contextlib.contextmanager
def _errors() -> Iterator[None]:
    """As `usage_errors`, and for packages that are missing."""
    with usage_errors():
        try:
            yield
        except ImportError as error:
            raise usage_error(error) from error
