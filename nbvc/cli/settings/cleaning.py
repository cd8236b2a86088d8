"""The options of a policy, for `nbvc clean` and `nbvc check`."""

from __future__ import annotations

import click
import msgspec

from nbvc.cli.settings.grouping import group_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.workflow.deciding import PathOverrides


class _Overrides(msgspec.Struct, frozen=True, rename="kebab", omit_defaults=True):
    """The settings that a command line changes; their names are those of [tool.nbvc.clean]."""

    preset: str | None = None
    outputs: str | None = None
    counts: str | None = None
    ids: str | None = None
    max_size: str | None = None
    drop_empty_cells: bool = False
    strip_init_cells: bool = False
    keep_tags: tuple[str, ...] = ()
    keep_types: tuple[str, ...] = ()
    drop_types: tuple[str, ...] = ()
    drop_tagged_cells: tuple[str, ...] = ()
    drop_cell_metadata: tuple[str, ...] = ()
    keep_cell_metadata: tuple[str, ...] = ()
    drop_notebook_metadata: tuple[str, ...] = ()
    keep_notebook_metadata: tuple[str, ...] = ()


def _make_asked(
    *, exclude: bool, ids: bool | None, extra_keys: str, keep_metadata_keys: str, **settings: Any
) -> PathOverrides:
    """Return what the options change. Raises `click.UsageError`."""
    from nbvc.workflow.deciding import PathOverrides

    if ids is not None:
        settings["ids"] = "keep" if ids else "number"
    settings |= _split_levels(extra_keys, "drop")
    overrides = _Overrides(**settings, **_split_levels(keep_metadata_keys, "keep"))
    return PathOverrides(msgspec.to_builtins(overrides), exclude)


def _split_levels(text: str, verb: str) -> dict[str, Any]:
    """Take nbstripout's way of naming keys apart: `metadata.a cell.metadata.b`."""
    found: dict[str, Any] = {}
    for word in text.replace(",", " ").split():
        for prefix, level in (("cell.metadata.", "cell"), ("metadata.", "notebook")):
            if word.startswith(prefix) and word != prefix:
                key = f"{verb}_{level}_metadata"
                found[key] = (*found.get(key, ()), word.removeprefix(prefix))
                break
        else:
            raise click.UsageError(
                f"{word!r} is not a key: write metadata.KEY or cell.metadata.KEY"
            )
    return found


policy_options = group_options(
    "asked",
    _make_asked,
    click.option("--no-exclude", "exclude", flag_value=False, default=True, type=bool,
                 help="Include files that the project's settings exclude."),
    click.option("--preset", metavar="PRESET", help="strip, noise (outputs stay) or nbstripout."),
    click.option("--keep-output", "outputs", flag_value="keep", help="Keep outputs."),
    click.option("--keep-count", "counts", flag_value="keep", help="Keep execution counts."),
    click.option("--keep-id/--renumber-ids", "ids", default=None,
                 help="Keep cell IDs, or renumber them."),
    click.option("--keep-tag", "keep_tags", multiple=True, metavar="TAG",
                 help="Keep outputs of cells with this tag."),
    click.option("--keep-output-type", "keep_types", multiple=True, metavar="TYPE",
                 help="Keep outputs of this type, such as stream:stderr."),
    click.option("--drop-output-type", "drop_types", multiple=True, metavar="TYPE",
                 help="Drop outputs of this type in all cells."),
    click.option("--max-size", metavar="SIZE", help="Keep outputs of at most SIZE characters (10k)."),
    click.option("--drop-empty-cells", is_flag=True, help="Drop empty cells."),
    click.option("--drop-tagged-cells", multiple=True, metavar="TAG",
                 help="Drop cells with this tag."),
    click.option("--strip-init-cells", is_flag=True, help="Also strip initialization cells."),
    click.option("--extra-keys", metavar="KEYS", default="",
                 help="Also drop these keys, such as 'cell.metadata.mine'."),
    click.option("--keep-metadata-keys", metavar="KEYS", default="",
                 help="Keep these keys, such as 'metadata.widgets'."),
)  # fmt: skip
"""What is not given comes from the project's configuration."""
