"""Pages of a commit on the web, for hosts that are known."""

from __future__ import annotations

import msgspec

from nbvc.lazy import compile_lazily

_URL = compile_lazily(
    r"(?:(?:https?|ssh|git)://(?:[^/@]+@)?([^/:]+)(?::\d+)?/|(?:[^/@:]+@)?([^/:]+):(?!/))(.+)"
)


class Links(msgspec.Struct, frozen=True):
    """Addresses to open in a browser; None if a host has no such page.

    `request` starts a pull or merge request of the branch; `notebook` shows the notebook rendered.
    """

    commit: str
    request: str | None
    notebook: str | None


def make_links(url: str, oid: str, branch: str | None, name: str | None) -> Links | None:
    """Return the pages of a commit that was pushed to a remote; None for a host not known.

    `url` is the remote's, in any form git takes; `name` a notebook's path from the top.
    """
    found = _URL.fullmatch(url)
    if found is None:
        return None
    host = (found[1] or found[2]).lower()
    path = _quote_text(found[3].strip("/").removesuffix(".git"))
    ref, file = _quote_text(branch or ""), _quote_text(name or "")
    base = f"https://{host}/{path}"
    if host == "github.com":
        return Links(
            f"{base}/commit/{oid}",
            f"{base}/pull/new/{ref}" if ref else None,
            f"https://nbviewer.org/github/{path}/blob/{oid}/{file}" if file else None,
        )
    if host == "gitlab.com" or host.startswith("gitlab."):
        page = f"{base}/-/merge_requests/new?merge_request%5Bsource_branch%5D={ref}"
        shown = f"{base}/-/blob/{oid}/{file}" if file else None
        return Links(f"{base}/-/commit/{oid}", page if ref else None, shown)
    if host == "bitbucket.org":
        request = f"{base}/pull-requests/new?source={ref}" if ref else None
        shown = f"https://nbviewer.org/urls/bitbucket.org/{path}/raw/{oid}/{file}"
        return Links(f"{base}/commits/{oid}", request, shown if file else None)
    if host == "codeberg.org":
        return Links(f"{base}/commit/{oid}", f"{base}/compare/{ref}" if ref else None, None)
    return None


def _quote_text(text: str) -> str:
    from urllib.parse import quote

    return quote(text, errors="surrogateescape")
