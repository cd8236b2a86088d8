// Written by `npm run build:page` in jupyter_extension, from src/shared/page.ts.
var nbvcAlike = (function(exports) {
  Object.defineProperty(exports, Symbol.toStringTag, { value: "Module" });
  // src/shared/characters.ts
  var LOOKS = {
    "letters": {
      "\u0430": "a",
      "\u0435": "e",
      "\u043e": "o",
      "\u0440": "p",
      "\u0441": "c",
      "\u0443": "y",
      "\u0445": "x",
      "\u0456": "i",
      "\u0458": "j",
      "\u0455": "s",
      "\u0501": "d",
      "\u04bb": "h",
      "\u051b": "q",
      "\u051d": "w",
      "\u04cf": "l",
      "\u0410": "A",
      "\u0412": "B",
      "\u0415": "E",
      "\u041a": "K",
      "\u041c": "M",
      "\u041d": "H",
      "\u041e": "O",
      "\u0420": "P",
      "\u0421": "C",
      "\u0422": "T",
      "\u0425": "X",
      "\u0406": "I",
      "\u0408": "J",
      "\u0405": "S",
      "\u051a": "Q",
      "\u051c": "W",
      "\u04ae": "Y",
      "\u0474": "V",
      "\u03bf": "o",
      "\u0391": "A",
      "\u0392": "B",
      "\u0395": "E",
      "\u0396": "Z",
      "\u0397": "H",
      "\u0399": "I",
      "\u039a": "K",
      "\u039c": "M",
      "\u039d": "N",
      "\u039f": "O",
      "\u03a1": "P",
      "\u03a4": "T",
      "\u03a5": "Y",
      "\u03a7": "X",
      "\u03f9": "C",
      "\u03f3": "j",
      "\u0585": "o",
      "\u0578": "n",
      "\u057d": "u",
      "\u0570": "h",
      "\u0581": "g",
      "\u0575": "j",
      "\u0566": "q",
      "\u0555": "O",
      "\u054d": "U",
      "\u054f": "S",
      "\u053c": "L",
      "\u13aa": "A",
      "\u13f4": "B",
      "\u13df": "C",
      "\u13a0": "D",
      "\u13ac": "E",
      "\u13bb": "H",
      "\u13ab": "J",
      "\u13e6": "K",
      "\u13de": "L",
      "\u13b7": "M",
      "\u13e2": "P",
      "\u13d2": "R",
      "\u13da": "S",
      "\u13a2": "T",
      "\u13d9": "V",
      "\u13d4": "W",
      "\u13c3": "Z",
      "\u13a5": "i",
      "\u13c0": "G",
      "\u13b3": "W"
    },
    "signs": {
      "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\u2796",
      "'": "\u2019\u2018\u02bc\u02b9\u2032\u00b4\u055a\u02bb\u201b",
      "\"": "\u201c\u201d\u201e\u2033\u02ba\u201f",
      "/": "\u2215\u2044\u2571\u29f8",
      "\\": "\u2216\u29f5",
      "*": "\u2217\u204e\u2731",
      ":": "\u0589\u05c3\u02d0\u2236\ua789",
      ",": "\u201a\u060c",
      ".": "\u2024\ua4f8",
      "!": "\u01c3",
      "|": "\u2223\u01c0",
      "<": "\u2039\u02c2\u1438\u3008\u27e8\u276e",
      ">": "\u203a\u02c3\u1433\u3009\u27e9\u276f",
      "~": "\u223c\u02dc",
      "_": "\u02cd",
      "\u00b7": "\u2022\u2219\u22c5\u2027\u30fb",
      "x": "\u00d7\u2715",
      "+": "\u2795",
      "\u0394": "\u2206",
      "\u03a3": "\u2211",
      "\u03a0": "\u220f",
      "a": "\u03b1\u0251",
      "b": "\u0432\u0299",
      "g": "\u0261",
      "h": "\u043d\u029c",
      "i": "\u03b9\u0131\u0269",
      "k": "\u03ba\u043a\u1d0b",
      "m": "\u043c\u1d0d",
      "o": "\u03c3",
      "p": "\u03c1",
      "t": "\u03c4\u0442\u1d1b",
      "u": "\u03c5",
      "v": "\u03bd",
      "w": "\u03c9",
      "y": "\u03b3\u028f",
      "l": "\u04c0",
      "3": "\u0417",
      "6": "\u0431"
    },
    "ignored": "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\ud82f\udca0-\ud82f\udca3\ud834\udd73-\ud834\udd7a\udb40\udc00-\udb43\udfff",
    "figures": "\u00aa\u00b2\u00b3\u00b9\u00ba\u00bc-\u00be\u02b0-\u02b8\u02e0-\u02e4\u1d2c-\u1dbf\u2070-\u209c\u2120\u2122\u2150-\u215f\u2460-\u24ff\u3190-\u33ff\ufe10-\ufe19\ufe30-\ufe48\ud83c\udd00-\ud83c\udeff",
    "marks": "\u0300-\u036f"
  };
  // src/shared/alike.ts
  /**
  * Two sides of a change that look the same: the characters that tell them apart are shown by name.
  * The same as `nbvc/render/alike.py` and `looks.py`, which have the reasons.
  */
  var LONGEST = 200;
  var ENOUGH = .5;
  var PLAIN = new Map([...Object.entries(LOOKS.signs).flatMap(([plain, signs]) => [...signs].map((sign) => [sign, plain])), ...Object.entries(LOOKS.letters)]);
  var FIGURES = new RegExp(`[${LOOKS.figures}]`, "u");
  var IGNORED = new RegExp(`[${LOOKS.ignored}]+`, "gu");
  var BOUND = `[${LOOKS.marks}${LOOKS.ignored}]`;
  var WORD = new RegExp(`(?:[\\p{L}\\p{N}_]${BOUND}*)+|${BOUND}+|[^\\p{L}\\p{N}_\\s]${BOUND}*`, "gu");
  /** Return the offsets in both sides of what is named because both look the same there. */
  function findPins(before, after, words) {
    const pins = [/* @__PURE__ */ new Set(), /* @__PURE__ */ new Set()];
    pinBlanks([before, after], words, pins);
    if (!isAscii(before) || !isAscii(after)) pinLetters([before, after], words, pins);
    return [[...pins[0]], [...pins[1]]];
  }
  function isAscii(text) {
    return !/[^\x00-\x7f]/.test(text);
  }
  function pinBlanks(texts, words, pins) {
    if (!words) {
      pinBlanksOfTwins(texts, pins);
      return;
    }
    [words.before, words.after].forEach((spans, side) => spans.forEach(([start, end]) => pinBlanksBetween(texts[side], start, end, pins[side])));
  }
  function pinBlanksBetween(text, start, end, pins) {
    for (const found of text.slice(start, end).matchAll(/\s/g)) {
      const at = start + found.index;
      const next = text.charAt(at + 1);
      if (found[0] !== "\n" && (found[0] !== " " || next === "" || next === "\n")) pins.add(at);
    }
  }
  /** Pin blanks in lines that are the same on both sides but for blanks. */
  function pinBlanksOfTwins(texts, pins) {
    const key = (line) => line.trim().replace(/\s+/g, " ");
    const [old, now] = texts.map((text) => {
      const known = /* @__PURE__ */ new Map();
      for (const line of text.split("\n")) known.set(key(line), (known.get(key(line)) ?? /* @__PURE__ */ new Set()).add(line));
      return known;
    });
    const twins = new Set([...old].filter(([same, lines]) => {
      const others = now.get(same);
      return others && (/* @__PURE__ */ new Set([...lines, ...others])).size > 1;
    }).map(([same]) => same));
    texts.forEach((text, side) => {
      let start = 0;
      for (const line of twins.size ? text.split("\n") : []) {
        if (twins.has(key(line))) pinBlanksBetween(text, start, start + line.length, pins[side]);
        start += line.length + 1;
      }
    });
  }
  function pinLetters(texts, words, pins) {
    const spans = words ? [words.before, words.after] : texts.map((text) => [[0, text.length]]);
    const sides = texts.map((text, side) => findWords(text, spans[side]));
    const looks = /* @__PURE__ */ new Map();
    const known = /* @__PURE__ */ new Map();
    for (const [word] of sides.flat()) if (!looks.has(word)) {
      const look = findLook(word);
      looks.set(word, look);
      known.set(look, (known.get(look) ?? /* @__PURE__ */ new Set()).add(word));
    }
    sides.forEach((side, n) => {
      for (const [word, at] of side) {
        const look = looks.get(word) ?? "";
        const spelled = known.get(look) ?? /* @__PURE__ */ new Set();
        if (!isAscii(word) && (spelled.size > 1 || !look)) {
          const [one, other] = spelled;
          pinWord(word, at, (one === word ? other : one) ?? "", pins[n]);
        }
      }
    });
    if (words && sides[0].length === sides[1].length) sides[0].forEach((one, n) => pinEdited(one, sides[1][n], pins));
  }
  function findWords(text, spans) {
    return spans.flatMap(([start, end]) => [...text.slice(start, end).matchAll(WORD)].map((found) => [found[0], start + found.index]));
  }
  /** Return what a word looks like; words that look the same have equal looks. */
  function findLook(word) {
    if (isAscii(word)) return word;
    return [...(FIGURES.test(word) ? word : word.normalize("NFKD")).replace(IGNORED, "")].map((sign) => PLAIN.get(sign) ?? sign).join("");
  }
  function pinWord(word, at, other, pins) {
    const [a, b] = [[...word], [...other]];
    const least = Math.min(a.length, b.length);
    const head = countWhile(least, (n) => a[n] === b[n]);
    const tail = countWhile(least - head, (n) => a[a.length - 1 - n] === b[b.length - 1 - n]);
    pinSigns(a, at, (n) => n >= head && n < a.length - tail, pins);
  }
  /** Pin letters that only look the same, at the ends of a word that was edited in between. */
  function pinEdited([old, oldAt], [now, nowAt], pins) {
    const [a, b] = [[...old], [...now]];
    if (isAscii(old) && isAscii(now) || Math.max(a.length, b.length) > LONGEST) return;
    const same = (one, other) => findLook(one) === findLook(other);
    const least = Math.min(a.length, b.length);
    const head = countWhile(least, (n) => same(a[n], b[n]));
    const tail = countWhile(least - head, (n) => same(a[a.length - 1 - n], b[b.length - 1 - n]));
    if (head + tail < ENOUGH * Math.max(a.length, b.length)) return;
    const differs = (one, other) => (n) => {
      const m = n < head ? n : n - one.length + other.length;
      return (n < head || n >= one.length - tail) && one[n] !== other[m];
    };
    pinSigns(a, oldAt, differs(a, b), pins[0]);
    pinSigns(b, nowAt, differs(b, a), pins[1]);
  }
  function countWhile(most, test) {
    let n = 0;
    while (n < most && test(n)) n += 1;
    return n;
  }
  function pinSigns(signs, at, isPinned, pins) {
    let place = at;
    signs.forEach((sign, n) => {
      if (isPinned(n) && !isAscii(sign)) pins.add(place);
      place += sign.length;
    });
  }
  // src/shared/names.ts
  /** Texts in which characters are shown by name, `<U+200B>`. */
  var SHOWN = /<U\+[0-9A-F]{4,6}>/g;
  /** Return the name that a character is shown by. */
  function nameCharacter(sign) {
    return `<U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}>`;
  }
  /** Split a shown text; the names are at odd places. */
  function splitNames(shown) {
    const found = [];
    let from = 0;
    for (const name of shown.includes("<U+") ? shown.matchAll(SHOWN) : []) {
      found.push(shown.slice(from, name.index), name[0]);
      from = name.index + name[0].length;
    }
    return [...found, shown.slice(from)];
  }
  /** A text as it is shown, and the place of each offset of the original in it. */
  var Shown = class {
    /** `places` are the offsets of the characters to show by name. */
    constructor(text, places) {
      this._ends = [];
      this._grown = [0];
      let shown = "";
      let from = 0;
      for (const place of [...new Set(places)].sort((a, b) => a - b)) {
        const sign = readPoint(text, place);
        const name = nameCharacter(sign);
        shown += text.slice(from, place) + name;
        from = place + sign.length;
        this._ends.push(from);
        this._grown.push(this._grown[this._grown.length - 1] + name.length - sign.length);
      }
      this.text = shown + text.slice(from);
    }
    at(offset) {
      let [low, high] = [0, this._ends.length];
      while (low < high) {
        const middle = low + high >> 1;
        if (this._ends[middle] <= offset) low = middle + 1;
        else high = middle;
      }
      return offset + this._grown[low];
    }
  };
  /** Return the character at an offset in UTF-16 units, empty at the end. */
  function readPoint(text, at) {
    const point = text.codePointAt(at);
    return point === void 0 ? "" : String.fromCodePoint(point);
  }
  // src/shared/page.ts
  /**
  * What the page of a timeline uses of these modules: nbvc/render/timeline/alike.js is written from
  * here by `npm run build:page`.
  */
  /** Return both lists of lines as they are shown; each line was named before. */
  function tellApart(before, after) {
    const [old, now] = [before.join("\n"), after.join("\n")];
    const pins = findPins(old, now);
    return [old, now].map((text, side) => new Shown(text, pins[side]).text.split("\n"));
  }
  exports.splitNames = splitNames;
  exports.tellApart = tellApart;
  return exports;
})({});
