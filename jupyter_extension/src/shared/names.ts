/** Texts in which characters are shown by name, `<U+200B>`. */
const SHOWN = /<U\+[0-9A-F]{4,6}>/g;

/** Return the name that a character is shown by. */
export function nameCharacter(sign: string): string {
  const code = (sign.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return `<U+${code.padStart(4, '0')}>`;
}

/** Split a shown text; the names are at odd places. */
export function splitNames(shown: string): string[] {
  const found: string[] = [];
  let from = 0;
  for (const name of shown.includes('<U+') ? shown.matchAll(SHOWN) : []) {
    found.push(shown.slice(from, name.index), name[0]);
    from = name.index + name[0].length;
  }
  return [...found, shown.slice(from)];
}

/** A text as it is shown, and the place of each offset of the original in it. */
export class Shown {
  readonly text: string;
  private readonly _ends: number[] = [];
  private readonly _grown: number[] = [0];

  /** `places` are the offsets of the characters to show by name. */
  constructor(text: string, places: readonly number[]) {
    let shown = '';
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

  at(offset: number): number {
    let [low, high] = [0, this._ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this._ends[middle] <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return offset + this._grown[low];
  }
}

/** Return the character at an offset in UTF-16 units, empty at the end. */
export function readPoint(text: string, at: number): string {
  const point = text.codePointAt(at);
  return point === undefined ? '' : String.fromCodePoint(point);
}
