/**
 * Outputs and markdown of another version are untrusted: they must not run scripts or fetch anything.
 *
 * Jupyter's sanitizer takes scripts away and leaves what loads from elsewhere (images, styles). A
 * second pass over its result takes that too.
 */
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { RenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { formatImageUrl } from '../shared/bundle';
import type { ICell } from '../shared/notebook';
import { joinLines } from '../shared/notebook';

/** Attributes that neither fetch nor run anything. */
const KEPT = new Set(
  `abbr align alt aria-hidden aria-label border cellpadding cellspacing char charoff checked class
  clear color cols colspan compact data-jupyter-id datetime dir disabled face headers height hidden
  href hspace id label lang max min name noshade nowrap open optimum placeholder readonly rel
  reversed role rows rowspan rules scope shape size span src start style summary tabindex target
  title type valign value vspace width xml:lang`.split(/\s+/)
);
const FORBIDDEN =
  'script, style, link, iframe, frame, object, embed, applet, base, meta, form, video, audio, source, track, svg, math, template, noscript, portal';
/** Sources of images that are in the notebook. */
const OWN = /^(data:image\/[\w.+-]+[;,]|attachment:)/i;
/** Addresses of links, which are followed by a click alone. */
const LINK = /^(https?:|mailto:|#)/i;
/** Styles that may contain an address. */
const ADDRESS = /[\\@]|\b(url|src|image|image-set|cross-fade|element|attr|var|env)\s*\(/i;

/** Remove what would be fetched; the address of an image stays readable. */
export function withoutRemote(html: string): string {
  const page = new DOMParser().parseFromString(html, 'text/html');
  for (const node of page.body.querySelectorAll(FORBIDDEN)) {
    node.remove();
  }
  for (const node of page.body.querySelectorAll('*')) {
    for (const { name, value } of [...node.attributes]) {
      if (!KEPT.has(name) || !isHarmless(node, name, value)) {
        node.removeAttribute(name);
      }
      if (node.tagName === 'IMG' && name === 'src' && !node.hasAttribute('src')) {
        node.setAttribute('alt', `[${node.getAttribute('alt') || 'image'}: ${value}]`);
        node.setAttribute('title', value);
        node.classList.add('nbvc-Remote');
      }
    }
  }
  return page.body.innerHTML;
}

function isHarmless(node: Element, name: string, value: string): boolean {
  switch (name) {
    case 'src':
      return node.tagName === 'IMG' && OWN.test(value.trim());
    case 'href':
      return /^A(REA)?$/.test(node.tagName) && LINK.test(value.trim());
    case 'style':
      return !ADDRESS.test(value);
    case 'type':
      return value.toLowerCase() !== 'image';
    default:
      return true;
  }
}

/** Return a parser whose diagrams stay text: Mermaid fetches the images that a diagram names. */
function withoutDiagrams(parser: IRenderMime.IMarkdownParser): IRenderMime.IMarkdownParser {
  const fence = /(`{3,}|~{3,})[^\S\n]*mermaid[^\S\n]*(?=\n|$)/g;
  return { render: source => parser.render(source.replace(fence, '$1text')) };
}

/** Return a registry with the renderers of this one, for untrusted content. */
export function createSafeRegistry(registry: IRenderMimeRegistry): IRenderMimeRegistry {
  const sanitizer: IRenderMime.ISanitizer = {
    sanitize: (dirty, options) => withoutRemote(registry.sanitizer.sanitize(dirty, options))
  };
  const { markdownParser } = registry;
  const safe = new RenderMimeRegistry({
    sanitizer,
    latexTypesetter: registry.latexTypesetter ?? undefined,
    markdownParser: markdownParser ? withoutDiagrams(markdownParser) : undefined,
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

/** Refuses every address: Vega asks for each that it would load. */
const REFUSING: IRenderMime.IResolver = {
  isLocal: () => true,
  resolveUrl: url => Promise.reject(new Error(`not loaded: ${url}`)),
  getDownloadUrl: url => Promise.reject(new Error(`not loaded: ${url}`))
};

const refusals = new WeakMap<IRenderMimeRegistry, IRenderMimeRegistry>();

/** Return the same renderers with a resolver that refuses every address. */
export function createRefusingRegistry(registry: IRenderMimeRegistry): IRenderMimeRegistry {
  const made = refusals.get(registry) ?? registry.clone({ resolver: REFUSING });
  refusals.set(registry, made);
  return made;
}

/** Put the attachments of a cell into its markdown, as images that fetch nothing. */
export function withAttachments(source: string, cell: ICell | undefined): string {
  const attachments = cell?.attachments ?? {};
  return source.replace(/attachment:([^)\s"'>]+)/g, (whole, name: string) => {
    const bundle = attachments[decodeName(name)] ?? attachments[name];
    const mime = bundle && Object.keys(bundle).find(key => key.startsWith('image/'));
    return bundle && mime ? formatImageUrl(mime, joinLines(bundle[mime])) : whole;
  });
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
