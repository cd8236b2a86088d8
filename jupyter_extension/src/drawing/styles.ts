/**
 * CodeMirror's style sheet, written only if something is new.
 *
 * Each new editor writes the sheet of the whole page anew, although nothing in it changes, and the
 * browser then works out the style of everything: 90 editors took 13 s. While editors of ours are
 * made, the sheet is not written if it has all that they need.
 */
interface IStyleSet {
  modules: unknown[];
  styleTag?: HTMLElement;
  mount: (modules: unknown[], root: unknown) => void;
}

/** Make an editor without writing the page's style sheet again. */
export function withStyles<T>(make: () => T): T {
  const set = findStyleSet();
  if (!set) {
    return make();
  }
  const mount = set.mount;
  set.mount = (modules, root) => {
    if (!set.styleTag?.isConnected || !hasInOrder(set.modules, modules)) {
      mount.call(set, modules, root);
    }
  };
  try {
    return make();
  } finally {
    set.mount = mount;
  }
}

/** Find CodeMirror's styles in the page; null before the first editor, or in another version of it. */
function findStyleSet(): IStyleSet | null {
  for (const key of Object.getOwnPropertySymbols(document)) {
    const found = (document as unknown as Record<symbol, unknown>)[key] as Partial<IStyleSet>;
    if (Array.isArray(found?.modules) && typeof found.mount === 'function') {
      return found as IStyleSet;
    }
  }
  return null;
}

/** Return whether all wanted modules are there in their order, since later ones win. */
function hasInOrder(have: readonly unknown[], wanted: readonly unknown[]): boolean {
  let at = -1;
  for (const one of wanted) {
    at = have.indexOf(one, at + 1);
    if (at < 0) {
      return false;
    }
  }
  return true;
}
