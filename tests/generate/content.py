"""What people write in notebooks and change there, and what kernels answer, made from a seed."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

Cell = dict[str, Any]


def _words(text: str) -> tuple[str, ...]:
    """Return the words of a text."""
    return (*text.split(),)


IDIOMS = (
    "df.head()",
    "df.info()",
    "df.describe()",
    "df.shape",
    "plt.show()",
    "%matplotlib inline",
    "model.summary()",
    "results",
    "!pip list",
    "df.isnull().sum()",
)
"""Cells that stand several times in one notebook."""

_FRAMES = _words("df data train test sales orders users trips rain weather prices events")
_COLUMNS = _words(
    "age income price date region station city month quantity rating score duration distance "
    "temperature humidity wind category product customer country population revenue cost margin"
)
_NAMES = _words(
    "result total summary values counts subset grouped merged table stats weights errors scores "
    "baseline pivot sample ranks output features labels predictions residuals matrix mask"
)
_VERBS = _words("load clean merge split train plot rank scale encode smooth sample score parse fit")
_NOUNS = _words(
    "model data stations survey batch signal image orders trips regions forecast tokens clusters "
    "windows sensors documents targets layers routes invoices"
)
_WORDS = _words(
    "we look values see most small stations report more than expected because sensor was replaced "
    "spring explains why averages differ between regions note trend changes after cleaning missing "
    "entries were dropped outliers remain visible section compares both models using held out "
    "samples last year next step simpler baseline before adding features every column has unit "
    "given appendix results should be read with care since come from three sources first question "
    "whether winter demand follows oil market or depends only on holidays plot below shows error "
    "against training size green line marks threshold agreed customers team exercise write your "
    "own function returns largest gap hint sort them recall definition derivative lecture proof "
    "left reader figure two reproduces paper our numbers slightly lower due different seed warning "
    "takes several minutes laptop cached afterwards download manually behind proxy todo check "
    "duplicates again license allows reuse thanks everyone who labelled pictures by hand background "
    "river levels rise quickly when snow melts upstream dams delay peak half day residual looks "
    "normal except tails learning rate matters batch norm helped little dropout hurt recall "
    "precision improved conclusion ship smaller network monitor drift monthly retrain quarterly"
)
_MODELS = _words("LinearRegression Ridge Lasso RandomForestClassifier KMeans SVC PCA MLPClassifier")
_IMPORTS = (
    "import numpy as np",
    "import pandas as pd",
    "import matplotlib.pyplot as plt",
    "import seaborn as sns",
    "import os",
    "import json",
    "from pathlib import Path",
    "from datetime import datetime, timedelta",
    "from sklearn.model_selection import train_test_split",
    "from sklearn.metrics import accuracy_score, f1_score",
    "from collections import Counter, defaultdict",
    "import torch",
    "import requests",
    "import re",
    "import sys",
    "import time",
    "import itertools",
    "import random",
    "import logging",
    "import warnings",
    "import geopandas as gpd",
    "import networkx as nx",
    "import xarray as xr",
    "import plotly.express as px",
    "import statsmodels.api as sm",
    "from scipy import stats, optimize",
    "from functools import partial, lru_cache",
    "from tqdm.auto import tqdm",
    "from sklearn.pipeline import make_pipeline",
    "from torch.utils.data import DataLoader",
    "from IPython.display import display, HTML",
)


class Words:
    """Names, numbers and phrases drawn from one source of chance."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def frame(self) -> str:
        return self.rng.choice(_FRAMES)

    def column(self) -> str:
        return self.rng.choice(_COLUMNS)

    def name(self) -> str:
        return self.rng.choice(_NAMES)

    def task(self) -> str:
        return f"{self.rng.choice(_VERBS)}_{self.rng.choice(_NOUNS)}"

    def number(self) -> str:
        chance = self.rng.random()
        return str(self.rng.randint(2, 500)) if chance < 0.7 else f"{self.rng.uniform(0, 5):.2f}"

    def model(self) -> str:
        return self.rng.choice(_MODELS)

    def phrase(self, least: int = 3, most: int = 8) -> str:
        chosen = self.rng.sample(_WORDS, self.rng.randint(least, most))
        return " ".join((*chosen, self.rng.choice(_NOUNS)))

    def any(self) -> str:
        return self.rng.choice((self.frame, self.column, self.name, self.task, self.number))()


def _load(w: Words) -> list[str]:
    suffix = w.rng.choice(("csv", "parquet", "json"))
    path = f"data/{w.task()}_{w.rng.randint(1990, 2024)}.{suffix}"
    return [f'{w.frame()} = pd.read_{suffix}("{path}")']


def _imports(w: Words) -> list[str]:
    return w.rng.sample(_IMPORTS, w.rng.randint(2, 7))


def _filter(w: Words) -> list[str]:
    frame = w.frame()
    return [f'{w.name()} = {frame}[{frame}["{w.column()}"] > {w.number()}]']


def _group(w: Words) -> list[str]:
    how = w.rng.choice(("mean", "sum", "count", "median", "max"))
    return [f'{w.name()} = {w.frame()}.groupby("{w.column()}")["{w.column()}"].{how}()']


def _assign(w: Words) -> list[str]:
    frame = w.frame()
    sign = w.rng.choice("+-*/")
    return [f'{frame}["{w.column()}"] = {frame}["{w.column()}"] {sign} {w.number()}']


def _constant(w: Words) -> list[str]:
    return [f"{w.task().upper()} = {w.number()}"]


def _call(w: Words) -> list[str]:
    return [f"{w.name()} = {w.task()}({w.frame()}, {w.column()}={w.number()})"]


def _print(w: Words) -> list[str]:
    return [f'print(f"{w.phrase(2, 4)}: {{{w.name()}:.{w.rng.randint(1, 4)}f}}")']


def _comment(w: Words) -> list[str]:
    return [f"# {w.phrase()}"]


def _plot(w: Words) -> list[str]:
    frame, kind = w.frame(), w.rng.choice(("plot", "scatter", "bar", "step"))
    lines = [
        f"fig, ax = plt.subplots(figsize=({w.rng.randint(4, 16)}, {w.rng.randint(3, 9)}))",
        f'ax.{kind}({frame}["{w.column()}"], {frame}["{w.column()}"])',
        f'ax.set_xlabel("{w.column()}")',
        f'ax.set_ylabel("{w.column()}")',
        f'ax.set_title("{w.phrase(2, 5)}")',
    ]
    return [*lines[: w.rng.randint(2, 5)], "plt.show()"]


def _loop(w: Words) -> list[str]:
    item = w.column()
    lines = [f"for {item} in {w.frame()}.{w.name()}:", *_indented(w, w.rng.randint(1, 3))]
    return [*lines, f"    {w.name()}.append({item})"] if w.rng.random() < 0.5 else lines


def _function(w: Words) -> list[str]:
    head = f"def {w.task()}({w.frame()}, {w.column()}={w.number()}):"
    text = [f'    """{w.phrase().capitalize()}."""'] if w.rng.random() < 0.6 else []
    return [head, *text, *_indented(w, w.rng.randint(1, 6)), f"    return {w.name()}"]


def _model(w: Words) -> list[str]:
    return [
        f"model = {w.model()}({w.column()}={w.number()}, random_state={w.rng.randint(0, 99)})",
        f"model.fit({w.frame()}[features], {w.frame()}[target])",
        f"{w.name()} = model.predict({w.frame()}[features])",
    ]


def _attempt(w: Words) -> list[str]:
    error = w.rng.choice(("KeyError", "ValueError", "FileNotFoundError"))
    tail = [f"except {error} as error:", f'    print("{w.phrase(2, 4)}", error)']
    return ["try:", *_indented(w, w.rng.randint(1, 2)), *tail]


def _indented(w: Words, lines: int) -> list[str]:
    return [f"    {w.rng.choice(_SIMPLE)(w)[0]}" for _ in range(lines)]


_SIMPLE: tuple[Callable[[Words], list[str]], ...] = (
    *(_filter, _group, _assign, _call, _print, _comment, _constant),
)
_BLOCKS: tuple[Callable[[Words], list[str]], ...] = (
    *(*_SIMPLE, _plot, _plot, _loop, _function, _function, _model, _attempt, _load),
)


def code_line(rng: random.Random) -> str:
    """Return a line that can stand anywhere in a cell."""
    return rng.choice(_SIMPLE)(Words(rng))[0]


def code_source(rng: random.Random) -> str:
    """Return a source of 1 to 40 lines, most of them short."""
    w = Words(rng)
    chance = rng.random()
    if chance < 0.15:
        return rng.choice((_load, *_SIMPLE[:5]))(w)[0]
    if chance < 0.18:
        return "\n".join(_imports(w))
    target = rng.randint(*((2, 7) if chance < 0.65 else (8, 20) if chance < 0.92 else (21, 40)))
    lines: list[str] = []
    while len(lines) < target:
        blank = [""] if lines and rng.random() < 0.4 else []
        lines += blank + rng.choice(_BLOCKS)(w)
    if rng.random() < 0.15:
        lines.append(rng.choice(IDIOMS[:4]))
    return "\n".join(lines[:40]).rstrip("\n")


def markdown_source(rng: random.Random) -> str:
    """Return a heading, prose, a list, or some of each."""
    w = Words(rng)
    heading = f"{'#' * rng.randint(1, 4)} {w.phrase(2, 5).capitalize()}"
    prose = [f"{w.phrase(6, 15).capitalize()}." for _ in range(rng.randint(1, 4))]
    points = [f"- {w.phrase()}" for _ in range(rng.randint(2, 6))]
    choices = ([heading], prose, [heading, "", *prose], [*prose, "", *points], [heading, *points])
    return "\n".join(rng.choice(choices))


def prose_line(rng: random.Random) -> str:
    """Return a line of text."""
    phrase = Words(rng).phrase(6, 15)
    return rng.choice((f"- {phrase}", f"{phrase.capitalize()}."))


def edited(rng: random.Random, source: str, *, prose: bool) -> str:
    """Return a source of which one line up to 40 % of the lines changed."""
    lines = source.split("\n")
    if len(lines) == 1:
        return _reword(rng, source)
    for _ in range(rng.randint(1, max(1, int(len(lines) * 0.4)))):
        at = rng.randrange(len(lines))
        new = prose_line(rng) if prose else code_line(rng)
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        how = rng.choice(("replace", "reword", "reword", "insert", "delete", "comment"))
        if how == "replace":
            lines[at] = indent + new
        elif how == "insert":
            lines.insert(at, indent + new)
        elif how == "delete" and len(lines) > 2:
            del lines[at]
        elif how == "comment" and not prose:
            lines[at] += f"  # {Words(rng).phrase(2, 5)}"
        else:
            lines[at] = _reword(rng, lines[at])
    return "\n".join(lines)


def _reword(rng: random.Random, line: str) -> str:
    """Change one word of a line, or say something on a blank one."""
    starts = [
        at for at, one in enumerate(line) if one.isalnum() and not line[at - 1 : at].isalnum()
    ]
    if not starts:
        return f"{line}# {Words(rng).phrase(2, 4)}"
    start = end = rng.choice(starts)
    while end < len(line) and line[end].isalnum():
        end += 1
    return line[:start] + Words(rng).any() + line[end:]


def words_of(source: str) -> set[str]:
    """Return the different words of a source."""
    return set(re.findall(r"\w+", source))


def alike(one: str, other: str) -> bool:
    """Tell whether a reader could take one source for an edit of the other."""
    words, others = words_of(one), words_of(other)
    return len(words & others) > 0.3 * min(len(words), len(others))


def code_cell(rng: random.Random, source: str) -> Cell:
    """Return a code cell that ran, or did not."""
    ran = rng.random() < 0.85
    return {
        "cell_type": "code",
        "execution_count": rng.randint(1, 200) if ran else None,
        "metadata": {"tags": ["keep"]} if rng.random() < 0.05 else {},
        "outputs": outputs(rng) if ran and rng.random() < 0.7 else [],
        "source": source,
    }


def markdown_cell(source: str) -> Cell:
    """Return a markdown cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def outputs(rng: random.Random) -> list[Cell]:
    """Return one or two outputs, which no other call returns."""
    makers = (_stream, _stream, _table, _image, _number, _error)
    found = [rng.choice(makers)(rng)]
    return [_stream(rng), *found] if rng.random() < 0.2 else found


def _stream(rng: random.Random) -> Cell:
    w = Words(rng)
    lines = [f"{w.phrase(1, 4)}: {rng.random():.6f}\n" for _ in range(rng.randint(1, 6))]
    name = "stdout" if rng.random() < 0.9 else "stderr"
    return {"output_type": "stream", "name": name, "text": "".join(lines)}


def _result(data: Cell) -> Cell:
    return {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": None}


def _number(rng: random.Random) -> Cell:
    return _result({"text/plain": repr(rng.uniform(-1000, 1000))})


def _table(rng: random.Random) -> Cell:
    columns = rng.sample(_COLUMNS, rng.randint(2, 5))
    rows = [[f"{rng.uniform(0, 100):.3f}" for _ in columns] for _ in range(rng.randint(2, 5))]
    plain = "\n".join("  ".join(row) for row in (columns, *rows))
    body = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>\n" for row in rows)
    head = f"<tr><th>{'</th><th>'.join(columns)}</th></tr>\n"
    return _result({"text/html": f"<table>\n{head}{body}</table>", "text/plain": plain})


def _image(rng: random.Random) -> Cell:
    data = {"image/png": _png(rng, rng.randint(4, 12)), "text/plain": "<Figure size 640x480>"}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def _png(rng: random.Random, size: int) -> str:
    """Return a grey picture of random pixels, in base64."""
    head = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + rng.randbytes(size) for _ in range(size)))
    chunks = ((b"IHDR", head), (b"IDAT", pixels), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))
        for tag, data in chunks
    )
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + body).decode() + "\n"


def _error(rng: random.Random) -> Cell:
    w = Words(rng)
    name, value = rng.choice(("KeyError", "ValueError", "NameError")), f"{w.column()} {w.number()}"
    trace = [
        "\x1b[0;31m" + "-" * 75 + "\x1b[0m",
        f"\x1b[0;31m{name}\x1b[0m  Traceback (most recent call last)",
        f"Cell \x1b[0;32mIn[{rng.randint(1, 99)}]\x1b[0m\n----> 1 {code_line(rng)}",
        f"\x1b[0;31m{name}\x1b[0m: {value}",
    ]
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": trace}
