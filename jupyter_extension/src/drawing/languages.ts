import type { Extension } from '@codemirror/state';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';

/** Return what colors code of a MIME type; nothing if its language is not known. */
export async function loadLanguage(
  registry: IEditorLanguageRegistry | null,
  mime: string
): Promise<Extension> {
  try {
    return (await registry?.getLanguage(mime))?.support ?? [];
  } catch {
    return [];
  }
}
