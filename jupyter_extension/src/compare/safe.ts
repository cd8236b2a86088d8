/**
 * Outputs and markdown of another version are somebody else's: they run no script and fetch nothing.
 *
 * Jupyter's sanitizer takes scripts away and leaves what loads from elsewhere (images, styles). A
 * second pass over its result takes that too.
 */
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { RenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { ICell } from '../diff/format';
import { textOf } from '../diff/format';
import { imageUrl } from '../diff/bundle';

const LOADING = ['src', 'srcset', 'poster', 'background', 'data', 'xlink:href', 'formaction'];
const FORBIDDEN = 'script, style, link, iframe, object, embed, base, meta, form, video, audio';
const OWN = /^(data:image\/|attachment:|#)/i;

/** Take away whatever would be fetched from elsewhere; the address stays readable. */
export function withoutRemote(html: string): string {
  const page = new DOMParser().parseFromString(html, 'text/html');
  for (const node of page.body.querySelectorAll(FORBIDDEN)) {
    node.remove();
  }
  for (const node of page.body.querySelectorAll('*')) {
    for (const name of LOADING) {
      const value = node.getAttribute(name);
      if (value !== null && !OWN.test(value.trim())) {
        node.removeAttribute(name);
        if (node.tagName === 'IMG' && name === 'src') {
          node.setAttribute('alt', `[${node.getAttribute('alt') || 'image'}: ${value}]`);
          node.setAttribute('title', value);
          node.classList.add('nbvc-Remote');
        }
      }
    }
    if (/url\s*\(|image-set|@import|\\/i.test(node.getAttribute('style') ?? '')) {
      node.removeAttribute('style');
    }
    if (/^\s*(javascript|data|vbscript):/i.test(node.getAttribute('href') ?? '')) {
      node.removeAttribute('href');
    }
    node.removeAttribute('data-commandlinker-command');
    node.removeAttribute('data-commandlinker-args');
  }
  return page.body.innerHTML;
}

/** A registry with the renderers of this one, for content that nobody vouches for. */
export function untrusted(
  registry: IRenderMimeRegistry,
  resolver: IRenderMime.IResolver | null = null
): IRenderMimeRegistry {
  const sanitizer: IRenderMime.ISanitizer = {
    sanitize: (dirty, options) => withoutRemote(registry.sanitizer.sanitize(dirty, options))
  };
  const safe = new RenderMimeRegistry({
    sanitizer,
    resolver: resolver ?? undefined,
    latexTypesetter: registry.latexTypesetter ?? undefined,
    markdownParser: registry.markdownParser ?? undefined,
    translator: (registry as RenderMimeRegistry).translator
  });
  for (const mime of registry.mimeTypes) {
    const factory = registry.getFactory(mime);
    if (factory) {
      safe.addFactory(factory, registry.getRank(mime));
    }
  }
  return safe;
}

/** Put the attachments of a cell into its markdown, as images that fetch nothing. */
export function withAttachments(source: string, cell: ICell | undefined): string {
  const attachments = cell?.attachments ?? {};
  return source.replace(/attachment:([^)\s"'>]+)/g, (whole, name: string) => {
    const bundle = attachments[decoded(name)] ?? attachments[name];
    const mime = bundle && Object.keys(bundle).find(key => key.startsWith('image/'));
    return bundle && mime ? imageUrl(mime, textOf(bundle[mime])) : whole;
  });
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
