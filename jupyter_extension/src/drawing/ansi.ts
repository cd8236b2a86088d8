/** The colors of terminals; other escape sequences are dropped. */

export interface IColoured {
  text: string;
  /** Class names of Jupyter's own theme for such text. */
  classes: string[];
}

const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];
const SEQUENCE =
  // eslint-disable-next-line no-control-regex
  /\u001b\[([0-9;]*)m|\u001b\[[0-9;?]*[A-Za-ln-z]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-Z\\-_]/g;

interface IStyle {
  fore: string | null;
  back: string | null;
  bold: boolean;
  underline: boolean;
}

/** Split a text into pieces with one style each. */
export function splitStyles(text: string): IColoured[] {
  if (!text.includes('\u001b')) {
    return [{ text, classes: [] }];
  }
  const pieces: IColoured[] = [];
  const style: IStyle = { fore: null, back: null, bold: false, underline: false };
  let from = 0;
  const add = (to: number): void => {
    if (to > from) {
      pieces.push({ text: text.slice(from, to), classes: listClasses(style) });
    }
  };
  for (const found of text.matchAll(SEQUENCE)) {
    add(found.index ?? 0);
    from = (found.index ?? 0) + found[0].length;
    if (found[1] !== undefined) {
      applyCodes(style, found[1].split(';').map(Number));
    }
  }
  add(text.length);
  return pieces;
}

function listClasses(style: IStyle): string[] {
  return [
    style.fore && `ansi-${style.fore}-fg`,
    style.back && `ansi-${style.back}-bg`,
    style.bold && 'ansi-bold',
    style.underline && 'ansi-underline'
  ].filter((name): name is string => Boolean(name));
}

function applyCodes(style: IStyle, codes: number[]): void {
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i];
    if (code === 0) {
      Object.assign(style, { fore: null, back: null, bold: false, underline: false });
    } else if (code === 1) {
      style.bold = true;
    } else if (code === 22) {
      style.bold = false;
    } else if (code === 4 || code === 24) {
      style.underline = code === 4;
    } else if (code === 39) {
      style.fore = null;
    } else if (code === 49) {
      style.back = null;
    } else if (code >= 30 && code <= 37) {
      style.fore = NAMES[code - 30];
    } else if (code >= 40 && code <= 47) {
      style.back = NAMES[code - 40];
    } else if (code >= 90 && code <= 97) {
      style.fore = `${NAMES[code - 90]}-intense`;
    } else if (code >= 100 && code <= 107) {
      style.back = `${NAMES[code - 100]}-intense`;
    } else if (code === 38 || code === 48) {
      i += skipColor(style, code, codes, i);
    }
  }
}

/** Apply one of 256 colors or a true color: only the first sixteen have names. */
function skipColor(style: IStyle, code: number, codes: number[], i: number): number {
  if (codes[i + 1] === 5) {
    const n = codes[i + 2] ?? 0;
    const name = n < 8 ? NAMES[n] : n < 16 ? `${NAMES[n - 8]}-intense` : null;
    style[code === 38 ? 'fore' : 'back'] = name;
    return 2;
  }
  return codes[i + 1] === 2 ? 4 : 0;
}
