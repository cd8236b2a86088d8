
"use strict";
// Lines of two sides that look the same: what tells them apart is shown by name, as in
// nbvc/render/alike.py, which has the reasons. The texts were escaped before.
const nbvcAlike = (tables) => {
  const plain = new Map(Object.entries(tables.signs).flatMap(([to, signs]) => [...signs].map((sign) => [sign, to])));
  for (const [sign, to] of Object.entries(tables.letters)) plain.set(sign, to);
  const figures = new RegExp(`[${tables.figures}]`, "u"), ignored = new RegExp(`[${tables.ignored}]+`, "gu");
  const bound = `[${tables.marks}${tables.ignored}]`;
  const words = new RegExp(`(?:[\\p{L}\\p{N}_]${bound}*)+|${bound}+|[^\\p{L}\\p{N}_\\s]${bound}*`, "gu");
  const ascii = (text) => !/[^\x00-\x7f]/.test(text);
  const nameOf = (sign) => `<U+${sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}>`;
  const look = (word) => {
    if (ascii(word)) return word;
    const parts = figures.test(word) ? word : word.normalize("NFKD");
    return [...parts.replace(ignored, "")].map((sign) => plain.get(sign) ?? sign).join("");
  };
  const grouped = (items, key) => {
    const found = new Map();
    for (const item of items) found.set(key(item), (found.get(key(item)) ?? new Set()).add(item));
    return found;
  };
  const apart = (word, other) => {
    const a = [...word], b = [...other], least = Math.min(a.length, b.length);
    let head = 0, tail = 0;
    while (head < least && a[head] === b[head]) head += 1;
    while (tail < least - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
    return a.map((sign, n) => (n < head || n >= a.length - tail || ascii(sign) ? sign : nameOf(sign))).join("");
  };
  const key = (line) => line.trim().replace(/\s+/g, " ");
  // Return both lists of lines as they are shown.
  const told = (before, after) => {
    const all = [...before, ...after];
    const twins = grouped(all, key), looks = grouped(all.flatMap((line) => line.match(words) ?? []), look);
    const letters = (line) => (ascii(line) ? line : line.replace(words, (word) => {
      const [one, other] = looks.get(look(word));
      return ascii(word) || (other === undefined && look(word)) ? word : apart(word, (one === word ? other : one) ?? "");
    }));
    const blanks = (line) => line.replace(/[^\S ]/g, nameOf).replace(/ $/, nameOf);
    const shown = (line) => (twins.get(key(line)).size > 1 ? blanks(letters(line)) : letters(line));
    return [before.map(shown), after.map(shown)];
  };
  // Return a text as nodes, its names standing out.
  const nodes = (text) => text.split(/(<U\+[0-9A-F]{4,6}>)/).map((part, n) => {
    if (n % 2 === 0) return part;
    const node = document.createElement("i");
    node.className = "u";
    node.textContent = part;
    return node;
  });
  return { told, nodes };
};
