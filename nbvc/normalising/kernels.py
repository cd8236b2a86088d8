"""One kernel for all notebooks of a language: everybody's environment has a name of its own."""

from __future__ import annotations

from nbvc.normalising.noise import read_language, simplify_language
from nbvc.normalising.policy import Kernel
from nbvc.notebook.jsontext import decode, split_object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.notebook.style import Style

KERNELS = {
    kernel.name: kernel
    for kernel in (
        Kernel("python3", "Python 3 (ipykernel)", "python"),
        Kernel("ir", "R", "R"),
        Kernel("bash", "Bash", "bash"),
        Kernel("octave", "Octave", "octave"),
        Kernel("sos", "SoS", "sos"),
    )
}
"""Kernels that are known by their names alone."""


def set_kernel(text: bytes, kernel: Kernel, style: Style) -> bytes | None:
    """Return a notebook's metadata with the name of a kernel, None if it has that name already.

    A notebook without a kernelspec stays as it is, and so does one in another language, or in one
    that the metadata does not name.
    """
    import json

    from nbvc.notebook.jsonedit import edit_object

    metadata = decode(text)
    spec = metadata.get("kernelspec") if type(metadata) is dict else None
    if type(spec) is not dict or not _is_for(kernel, metadata, spec):
        return None
    wanted = {"name": kernel.name, "display_name": kernel.display_name}
    edits: dict[str, bytes | None] = {
        key: json.dumps(value).encode() for key, value in wanted.items() if spec.get(key) != value
    }
    if not edits:
        return None
    new = edit_object(bytes(split_object(text)["kernelspec"]), edits, style, 2)
    return edit_object(text, {"kernelspec": new}, style, 1)


def _is_for(kernel: Kernel, metadata: dict[str, object], spec: dict[str, object]) -> bool:
    info = metadata.get("language_info")
    named = type(spec.get("language")) is str or (
        type(info) is dict and type(info.get("name")) is str
    )
    if not named:
        return spec.get("name") == kernel.name
    return read_language(metadata) == simplify_language(kernel.language)
