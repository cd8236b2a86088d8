r"""Formulas of LaTeX as MathML, which browsers draw without any script.

    \frac{a}{b}  →  <mfrac><mi>a</mi><mi>b</mi></mfrac>

The commands that notebooks use are known; others are shown as they are written. The work is linear in
the length of a formula, and elements are made as all others: text stays text.
"""

from __future__ import annotations

from nbvc.lazy import compile_lazily
from nbvc.render.html.elements import Html, make_element

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_TOKEN = compile_lazily(r"\\[a-zA-Z]+\*?|\\.|[{}^_&]|\d+(?:\.\d+)?|\s+|.", 16)  # re.DOTALL
_LONGEST = 4_000
"""Longer formulas are shown as they are written."""
_DEEPEST = 30

_LETTERS = dict(
    pair.split(":")
    for pair in [
        "alpha:α",
        "beta:β",
        "gamma:γ",
        "delta:δ",
        "epsilon:ϵ",
        "varepsilon:ε",
        "zeta:ζ",
        "eta:η",
        "theta:θ",
        "vartheta:ϑ",
        "iota:ι",
        "kappa:κ",
        "lambda:λ",
        "mu:μ",
        "nu:ν",
        "xi:ξ",
        "pi:π",
        "rho:ρ",
        "sigma:σ",
        "tau:τ",
        "upsilon:υ",
        "phi:ϕ",
        "varphi:φ",
        "chi:χ",
        "psi:ψ",
        "omega:ω",
        "Gamma:Γ",
        "Delta:Δ",
        "Theta:Θ",
        "Lambda:Λ",
        "Xi:Ξ",
        "Pi:Π",
        "Sigma:Σ",
        "Upsilon:Υ",
        "Phi:Φ",
        "Psi:Ψ",
        "Omega:Ω",
        "infty:∞",
        "partial:∂",
        "nabla:∇",
        "ell:ℓ",
        "hbar:ℏ",
        "emptyset:∅",
        "varnothing:∅",
        "Re:ℜ",
        "Im:ℑ",
        "aleph:ℵ",
    ]
)
_SIGNS = dict(
    pair.split(" ")
    for pair in (
        "cdot ⋅|times ×|div ÷|pm ±|mp ∓|leq ≤|le ≤|geq ≥|ge ≥|neq ≠|ne ≠|approx ≈|equiv ≡|sim ∼|simeq ≃|"
        "propto ∝|in ∈|notin ∉|ni ∋|subset ⊂|subseteq ⊆|supset ⊃|supseteq ⊇|cup ∪|cap ∩|setminus ∖|"
        "to →|rightarrow →|leftarrow ←|Rightarrow ⇒|Leftarrow ⇐|leftrightarrow ↔|Leftrightarrow ⇔|iff ⇔|"
        "implies ⟹|mapsto ↦|forall ∀|exists ∃|neg ¬|land ∧|wedge ∧|lor ∨|vee ∨|mid ∣|parallel ∥|perp ⊥|"
        "ldots …|dots …|cdots ⋯|vdots ⋮|ddots ⋱|otimes ⊗|oplus ⊕|circ ∘|star ⋆|ast ∗|ll ≪|gg ≫|prime ′|"
        "langle ⟨|rangle ⟩|lfloor ⌊|rfloor ⌋|lceil ⌈|rceil ⌉|Vert ‖|vert ||{ {|} }|% %|$ $|# #|& &|_ _"
    )
    .replace("vert ||", "vert ∣|")
    .split("|")
)
_LARGE = {
    "sum": "∑",
    "prod": "∏",
    "int": "∫",
    "iint": "∬",
    "oint": "∮",
    "bigcup": "⋃",
    "bigcap": "⋂",
}
_NAMED = frozenset(
    [
        "sin",
        "cos",
        "tan",
        "exp",
        "log",
        "ln",
        "lim",
        "max",
        "min",
        "sup",
        "inf",
        "arg",
        "det",
        "dim",
        "ker",
        "sinh",
        "cosh",
        "tanh",
        "arcsin",
        "arccos",
        "arctan",
        "Pr",
        "gcd",
        "argmax",
        "argmin",
        "limsup",
        "liminf",
    ]
)
_LIMITS = frozenset(["lim", "max", "min", "sup", "inf", "argmax", "argmin", "limsup", "liminf"])
_ACCENTS = {
    "hat": "^", "widehat": "^", "bar": "¯", "overline": "¯", "vec": "→", "tilde": "~", "widetilde": "~",
    "dot": "˙", "ddot": "¨",
}  # fmt: skip
_SPACES = {",": ".17em", ":": ".22em", ";": ".28em", " ": ".3em", "quad": "1em", "qquad": "2em"}
_STYLES = {
    "mathbf": "font-weight:bold", "boldsymbol": "font-weight:bold", "bm": "font-weight:bold",
    "mathrm": "font-style:normal", "mathcal": "font-style:italic", "mathit": "font-style:italic",
    "mathsf": "font-family:sans-serif", "mathtt": "font-family:monospace",
}  # fmt: skip
_DOUBLE = dict(zip("CEHNPQRZ1", "ℂ𝔼ℍℕℙℚℝℤ𝟙", strict=True))
_FENCES = {"pmatrix": "()", "bmatrix": "[]", "vmatrix": "∣∣", "Bmatrix": "{}", "cases": "{"}
_SILENT = frozenset(
    [
        "displaystyle",
        "textstyle",
        "limits",
        "nolimits",
        "nonumber",
        "notag",
        "label",
        "tag",
        "big",
        "Big",
        "bigg",
        "Bigg",
    ]
)

_SYMBOLS = {
    **{name: ("mi", sign) for name, sign in _LETTERS.items()},
    **{name: ("mo", sign) for name, sign in (*_SIGNS.items(), *_LARGE.items())},
    **{name: ("mi", name) for name in _NAMED},
}
_FENCE_SIGNS = {f"\\{name}": sign for name, sign in _SIGNS.items()}


def render_formula(content: str, *, display: bool = False) -> Html:
    """Return a formula, in its own block or within a line."""
    if len(content) > _LONGEST:
        return make_element("code", content)
    row = _FormulaReader(content).read_row(())
    return make_element("math", *row, display="block" if display else None)


class _FormulaReader:
    """Reads a formula from its first token to its last one."""

    def __init__(self, content: str) -> None:
        self.tokens = _TOKEN.findall(content)
        self.at = 0
        self.depth = 0

    def read_row(self, ends: tuple[str, ...]) -> list[Html]:
        """Return everything up to one of these tokens, which is left."""
        found: list[Html] = []
        while self.at < len(self.tokens) and self.tokens[self.at] not in ends:
            token = self.tokens[self.at]
            if token.isspace() or token in ("}", "&", "\\\\", "\\right", "\\end"):
                self.at += 1
                continue
            found.append(self._read_scripts())
        return found

    def _read_scripts(self) -> Html:
        """Return an atom with what is written above and below it."""
        token = self.tokens[self.at]
        # Each call has to read a token: a script without an atom before it is read below.
        base = make_element("mrow") if token in ("^", "_") else self._read_atom()
        name = token.removeprefix("\\")
        scripts: dict[str, Html] = {}
        while (sign := self._peek()) in ("^", "_"):
            self.at += 1
            scripts[sign] = self._read_argument()
        if not scripts:
            return base
        is_below = name in _LIMITS or (name in _LARGE and "int" not in name)
        tags = ("munder", "mover", "munderover") if is_below else ("msub", "msup", "msubsup")
        if len(scripts) == 2:
            return make_element(tags[2], base, scripts["_"], scripts["^"])
        return make_element(tags["^" in scripts], base, *scripts.values())

    def _peek(self) -> str:
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _read_argument(self) -> Html:
        if not self._peek():
            return make_element("mrow")
        if self.tokens[self.at] in ("^", "_", "}", "&"):
            self.at += 1
            return make_element("mrow")
        return self._read_atom()

    def _read_atom(self) -> Html:
        piece = self.tokens[self.at]
        self.at += 1
        if self.depth > _DEEPEST:
            return make_element("mtext", piece)
        self.depth += 1
        try:
            if piece == "{":
                return make_element("mrow", *self._read_group("}"))
            if piece.startswith("\\"):
                return self._read_command(piece[1:].rstrip("*"))
        finally:
            self.depth -= 1
        if piece[0].isdigit():
            return make_element("mn", piece)
        return make_element("mi" if piece.isalpha() else "mo", piece)

    def _read_group(self, end: str) -> list[Html]:
        found = self.read_row((end,))
        self.at += 1
        return found

    def _read_words(self) -> str:
        """Return an argument as it is written."""
        if self._peek() != "{":
            self.at += 1
            return self.tokens[self.at - 1] if self.at <= len(self.tokens) else ""
        start = self.at + 1
        level = 0
        while self.at < len(self.tokens):
            level += {"{": 1, "}": -1}.get(self.tokens[self.at], 0)
            self.at += 1
            if not level:
                break
        return "".join(self.tokens[start : self.at - 1])

    def _read_command(self, name: str) -> Html:
        if name in _SYMBOLS:
            tag, text = _SYMBOLS[name]
            return make_element(tag, text)
        read = _READERS.get(name)
        return read(self, name) if read else make_element("mtext", f"\\{name}")

    def read_space(self, name: str) -> Html:
        return make_element("mspace", width=_SPACES[name])

    def read_nothing(self, _: str) -> Html:
        return make_element("mrow")

    def read_fraction(self, _: str) -> Html:
        return make_element("mfrac", self._read_argument(), self._read_argument())

    def read_binomial(self, _: str) -> Html:
        pair = make_element("mfrac", self._read_argument(), self._read_argument(), linethickness=0)
        return make_element("mrow", make_element("mo", "("), pair, make_element("mo", ")"))

    def read_text(self, _: str) -> Html:
        return make_element("mtext", self._read_words())

    def read_double(self, _: str) -> Html:
        return make_element("mi", "".join(_DOUBLE.get(sign, sign) for sign in self._read_words()))

    def read_styled(self, name: str) -> Html:
        return make_element("mrow", self._read_argument(), style=_STYLES[name])

    def read_root(self, _: str) -> Html:
        if self._peek() != "[":
            return make_element("msqrt", self._read_argument())
        self.at += 1
        degree = make_element("mrow", *self._read_group("]"))
        return make_element("mroot", self._read_argument(), degree)

    def read_accented(self, name: str) -> Html:
        base = self._read_argument()
        return make_element("mover", base, make_element("mo", _ACCENTS[name]), accent="true")

    def read_stacked(self, name: str) -> Html:
        small, base = self._read_argument(), self._read_argument()
        return make_element("munder" if name == "underset" else "mover", base, small)

    def read_fenced(self, _: str) -> Html:
        opening = self._read_fence()
        inside = self.read_row(("\\right",))
        self.at += 1
        return make_element("mrow", opening, *inside, self._read_fence())

    def _read_fence(self) -> Html:
        sign = self._peek()
        self.at += 1
        return make_element("mo", "" if sign == "." else _FENCE_SIGNS.get(sign, sign))

    def read_table(self, _: str) -> Html:
        """Return an environment, in which `&` ends cells and two backslashes end rows."""
        kind = self._read_words().rstrip("*")
        if kind == "array":
            self._read_words()
        rows: list[list[Html]] = [[]]
        while self.at < len(self.tokens):
            cell = self.read_row(("&", "\\\\", "\\end"))
            rows[-1].append(make_element("mtd", *cell))
            end = self.tokens[self.at] if self.at < len(self.tokens) else "\\end"
            self.at += 1
            if end == "\\end":
                self._read_words()
                break
            if end == "\\\\":
                rows.append([])
        if rows[-1] == [make_element("mtd")]:
            rows.pop()
        aligned = "aligned" if kind.startswith(("align", "eqnarray", "split")) else None
        table = make_element("mtable", *(make_element("mtr", *row) for row in rows), class_=aligned)
        fences = _FENCES.get(kind, "")
        if not fences:
            return table
        ends = [make_element("mo", sign) for sign in fences]
        return make_element("mrow", ends[0], table, *ends[1:])


_READERS: dict[str, Callable[[_FormulaReader, str], Html]] = {
    **dict.fromkeys(_SPACES, _FormulaReader.read_space),
    **dict.fromkeys(_SILENT, _FormulaReader.read_nothing),
    **dict.fromkeys(("frac", "dfrac", "tfrac"), _FormulaReader.read_fraction),
    **dict.fromkeys(
        ("text", "textbf", "textit", "textrm", "operatorname"), _FormulaReader.read_text
    ),
    **dict.fromkeys(_STYLES, _FormulaReader.read_styled),
    **dict.fromkeys(_ACCENTS, _FormulaReader.read_accented),
    **dict.fromkeys(("overset", "underset", "stackrel"), _FormulaReader.read_stacked),
    "binom": _FormulaReader.read_binomial,
    "mathbb": _FormulaReader.read_double,
    "sqrt": _FormulaReader.read_root,
    "left": _FormulaReader.read_fenced,
    "begin": _FormulaReader.read_table,
}
