"""The long-running filter protocol: one process cleans all notebooks of a git command.

    git    packet: git-filter-client   packet: version=2   flush
    nbvc   packet: git-filter-server   packet: version=2   flush         … capabilities likewise
    git    command=clean  pathname=a.ipynb  flush   content…  flush
    nbvc   status=success  flush   content…  flush  flush

Source: gitattributes(5), "Long Running Filter Process". What the content means is not known here.
"""

from __future__ import annotations

from nbvc.errors import NbvcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

LARGEST = 65516
"""Bytes of content in one packet."""

_HEAD = 4
_FLUSH = b"0000"


class ProtocolError(NbvcError):
    """What git said is not the protocol, or ended in its middle."""


def serve(
    git: BinaryIO,
    answers: BinaryIO,
    clean: Callable[[str, bytes], bytes],
    refused: Callable[[str, NbvcError], None],
) -> None:
    """Answer git until it is done; smudge gives content back as it is.

    `clean` takes a path from the top of the working tree and a content. Where it raises `NbvcError`
    git is told so, and `refused`. Raises `ProtocolError`.
    """
    _greet(git, answers)
    while (request := _list(git)) is not None:
        said = dict(line.partition("=")[::2] for line in request)
        content = _read_content(git)
        path = said.get("pathname", "")
        try:
            made = clean(path, content) if said.get("command") == "clean" else content
        except NbvcError as error:
            refused(path, error)
            answers.write(_make_packet(b"status=error\n") + _FLUSH)
        else:
            _answer(answers, made)
        answers.flush()


def _greet(git: BinaryIO, answers: BinaryIO) -> None:
    welcome = _list(git) or []
    if welcome[:1] != ["git-filter-client"] or "version=2" not in welcome:
        raise ProtocolError("this is for git to call, by its filter protocol in version 2")
    answers.write(_make_packet(b"git-filter-server\n") + _make_packet(b"version=2\n") + _FLUSH)
    answers.flush()
    offered = _list(git) or []
    able = [f"capability={name}" for name in ("clean", "smudge")]
    for capability in able:
        if capability in offered:
            answers.write(_make_packet(f"{capability}\n".encode()))
    answers.write(_FLUSH)
    answers.flush()


def _answer(answers: BinaryIO, content: bytes) -> None:
    packets = [
        _make_packet(content[start : start + LARGEST]) for start in range(0, len(content), LARGEST)
    ]
    answers.write(b"".join([_make_packet(b"status=success\n"), _FLUSH, *packets, _FLUSH, _FLUSH]))


def _make_packet(content: bytes) -> bytes:
    return b"%04x%b" % (len(content) + _HEAD, content)


def _read(git: BinaryIO) -> bytes | None:
    """Return a packet's content, None for a flush. Raises `EOFError` if git has ended."""
    head = git.read(_HEAD)
    if not head:
        raise EOFError
    try:
        size = int(head, 16)
    except ValueError:
        raise ProtocolError("git sent no packet where one was due") from None
    if len(head) < _HEAD:
        raise ProtocolError("git ended in the middle of a packet")
    if not size:
        return None
    content = git.read(size - _HEAD) if size >= _HEAD else b""
    if size < _HEAD or len(content) != size - _HEAD:
        raise ProtocolError("git ended in the middle of a packet")
    return content


def _list(git: BinaryIO) -> list[str] | None:
    """Return lines up to a flush, None if git has nothing more to say."""
    lines: list[str] = []
    while True:
        try:
            packet = _read(git)
        except EOFError:
            if lines:
                raise ProtocolError("git ended in the middle of a request") from None
            return None
        if packet is None:
            return lines
        lines.append(packet.decode(errors="surrogateescape").removesuffix("\n"))


def _read_content(git: BinaryIO) -> bytes:
    parts: list[bytes] = []
    try:
        while (packet := _read(git)) is not None:
            parts.append(packet)
    except EOFError:
        raise ProtocolError("git ended in the middle of a content") from None
    return b"".join(parts)
