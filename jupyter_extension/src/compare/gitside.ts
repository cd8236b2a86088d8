/** The sides of jupyterlab-git's comparisons, as nbvc's server takes them. */
import type { IContent } from '@jupyterlab/git';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Side } from '../server/contract';
import { NbvcError } from '../shared/error';

/** Return a side with the notebook that jupyterlab-git gives, and what nbvc calls it. */
export async function readSide(
  given: IContent,
  trans: TranslationBundle
): Promise<{ side: Side; label: string }> {
  const text = await given.content();
  const label = nameSide(given.label, trans);
  if (!text.trim()) {
    return { side: { kind: 'empty' }, label };
  }
  try {
    return { side: { kind: 'content', notebook: JSON.parse(text) as unknown, label }, label };
  } catch {
    throw new NbvcError(
      trans.__('%1: not a notebook.', label),
      trans.__('If git left conflict markers in it, open its conflicts.')
    );
  }
}

/** Return nbvc's word for one of jupyterlab-git's. */
function nameSide(label: string, trans: TranslationBundle): string {
  const names: Record<string, string> = {
    WORKING: trans.__('Now'),
    INDEX: trans.__('Staged'),
    HEAD: trans.__('Last commit')
  };
  return names[label] ?? (/^[0-9a-f]{40}$/.test(label) ? label.slice(0, 10) : label);
}
