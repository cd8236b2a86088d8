"""The filter protocol, packet by packet."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbvc.errors import NbvcError
from nbvc.git.setup.filter_protocol import LARGEST, ProtocolError, serve

if TYPE_CHECKING:
    from collections.abc import Sequence


def packet(content: bytes) -> bytes:
    return b"%04x%b" % (len(content) + 4, content)


def lines(*texts: str) -> bytes:
    return b"".join(packet(f"{text}\n".encode()) for text in texts) + b"0000"


HELLO = lines("git-filter-client", "version=2")
ABLE = lines("capability=clean", "capability=smudge", "capability=delay")


def content_of(content: bytes, size: int = LARGEST) -> bytes:
    pieces = (content[at : at + size] for at in range(0, len(content), size))
    return b"".join(map(packet, pieces)) + b"0000"


def request(command: str, path: str, content: bytes, size: int = LARGEST) -> bytes:
    return lines(f"command={command}", f"pathname={path}", "ref=x") + content_of(content, size)


def served(*parts: bytes) -> tuple[list[bytes | None], list[str]]:
    """Return the packets that are answered (None for a flush), and what was refused."""
    out, refused = io.BytesIO(), []

    def clean(_: str, content: bytes) -> bytes:
        if content == b"bad":
            raise NbvcError("no notebook")
        return content.upper()

    serve(io.BytesIO(b"".join(parts)), out, clean, lambda path, _: refused.append(path))
    return list(packets(out.getvalue())), refused


def packets(answer: bytes) -> Sequence[bytes | None]:
    found: list[bytes | None] = []
    while answer:
        size = int(answer[:4], 16)
        found.append(answer[4:size] if size else None)
        answer = answer[size or 4 :]
    return found


GREETING: list[bytes | None] = [
    b"git-filter-server\n", b"version=2\n", None, b"capability=clean\n", b"capability=smudge\n", None
]  # fmt: skip
SUCCESS: list[bytes | None] = [b"status=success\n", None]


@pytest.mark.parametrize("content", [b"", b"a", b"a" * 70_000, b"\0\xff" * LARGEST])
@pytest.mark.parametrize("command", ["clean", "smudge"])
@pytest.mark.parametrize("size", [1000, LARGEST])
def test_fault_36_contents_of_any_size(content: bytes, command: str, size: int) -> None:
    found, _ = served(HELLO, ABLE, request(command, "a b.ipynb", content, size))
    answer = found[len(GREETING) + 2 :]
    assert found[: len(GREETING) + 2] == GREETING + SUCCESS
    assert answer[-2:] == [None, None]
    wanted = content.upper() if command == "clean" else content
    assert b"".join(part for part in answer if part) == wanted
    assert all(len(part) <= LARGEST for part in answer if part)


def test_fault_36_a_refusal_is_a_status_and_the_next_file_is_served() -> None:
    found, refused = served(HELLO, ABLE, request("clean", "b", b"bad"), request("clean", "c", b"c"))
    assert refused == ["b"]
    assert found[len(GREETING) :] == [b"status=error\n", None, *SUCCESS, b"C", None, None]


@given(st.integers(1, 200))
def test_fault_36_a_sudden_end_is_an_error_or_an_end(cut: int) -> None:
    whole = HELLO + ABLE + request("clean", "a", b"content")
    try:
        served(whole[: len(whole) - min(cut, len(whole) - 1)])
    except ProtocolError:
        return
    assert cut >= len(request("clean", "a", b"content"))


@pytest.mark.parametrize(
    "said", [b"", b"0000", b"hello", lines("git-filter-client", "version=3"), b"zzzz"]
)
def test_what_is_not_git_is_refused(said: bytes) -> None:
    with pytest.raises(ProtocolError):
        served(said)
