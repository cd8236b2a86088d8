"""Show comparisons on a page that is served, from which cells can be put back."""

from __future__ import annotations

import sys

import click

from nbvc.cli.settings.viewing import Format

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from nbvc.cli.commands.comparing import Verdict
    from nbvc.cli.settings.viewing import View
    from nbvc.workflow.compare import Comparison, Pair, Pairs


def serve_comparisons(select: Callable[[], Pairs], view: View) -> int:
    """Serve a page with comparisons until it is closed, and return the exit code.

    `select` returns the pairs. It is called each time that the page is drawn.
    """
    from nbvc.cli.terminal.serving import show_page

    if view.path or view.in_browser or view.format is not Format.TERMINAL:
        raise click.UsageError("--web cannot be combined with --output, --open or --format")
    looking = _Looking(select, view)
    if not looking.compare():
        print("Nothing changed.")
        return looking.verdict.exit_code(view.gate)
    try:
        show_page(looking.draw, looking.put_back)
    except KeyboardInterrupt:
        print(file=sys.stderr)
    return looking.verdict.exit_code(view.gate)


class _Looking:
    """What the page shows, compared anew for each visit.

    A notebook from which cells can be put back has a key, and what the file was when it was drawn.
    """

    def __init__(self, select: Callable[[], Pairs], view: View) -> None:
        self.select, self.view = select, view
        self.verdict: Verdict
        self._said = ""
        self._drawn: list[tuple[Pair, str]] = []

    def compare(self) -> list[Comparison]:
        """Return the comparisons of what changed."""
        from nbvc.cli.commands.comparing import collect

        pairs = self.select()
        try:
            collected, self.verdict = collect(pairs, self.view)
        finally:
            pairs.close()
        return collected

    def draw(self, visit: str) -> str:
        """Return the page."""
        from nbvc.render.html.report import render_served_report

        pairs = self.select()
        pairs.close()
        # The digest is older than the comparison: what changes in between is refused later.
        digests = {pair.after.disk: _digest(pair.after.disk) for pair in pairs.pairs if pair.after}
        found = self.compare()
        keys = [self._keep(one, digests) for one in found]
        page = "".join(render_served_report(found, keys, visit, self._said))
        self._said = ""
        return page

    def _keep(self, one: Comparison, digests: dict[str, str]) -> str:
        from nbvc.workflow.picking import can_put_back

        if one.diff is None or one.pair.after is None or not can_put_back(one.pair):
            return ""
        self._drawn.append((one.pair, digests.get(one.pair.after.disk, "")))
        return str(len(self._drawn) - 1)

    def put_back(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Put the cells back that the page names; return what came of it."""
        from nbvc.cli.naming.stores import store_at
        from nbvc.diffing.narrowing import WHOLE
        from nbvc.errors import ContentChangedError
        from nbvc.workflow.picking import Picked, find_numbered, offer_pair, put_back
        from nbvc.workflow.restoring import check_seen

        pair, digest = self._drawn[int(asked["key"])]
        offer = offer_pair(pair)
        if offer is None:
            raise ContentChangedError("this version is gone: nothing was put back")
        check_seen(offer.there, digest, "put back")
        found = find_numbered(offer, set(asked["cells"]), other=bool(asked["gone"]))
        if not any(number in offer.list_changed() for number in found):
            raise ContentChangedError("this cell is as it was already: nothing was put back")
        with store_at(offer.name) as store:
            which = pair.before.label if pair.before else ""
            kept = put_back(store, offer, Picked(dict.fromkeys(found, WHOLE)), f"a cell of {which}")
        self._said = (
            f"Restored. The previous content is saved as checkpoint {kept.id}" if kept else ""
        )
        return {}


def _digest(path: str) -> str:
    """Return the digest of a file, "" for none."""
    from nbvc.notebook.content import content_digest, read_content

    try:
        return content_digest(read_content(path)) if path else ""
    except OSError:
        return ""
