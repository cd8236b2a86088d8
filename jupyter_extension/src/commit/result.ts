/** What became of a commit and a push, in words, with the next step where there is one. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { button, h } from '../dom';
import type { ICommitResult, IPullResult, IPushResult } from '../server/contract';
import type { NbvcError } from '../server/request';

export interface IStep {
  label: string;
  act: () => void;
}

/** What the person can do after a commit that did not come about. */
export type CommitStep = 'file' | 'ignored' | 'conflicts' | 'again' | null;

export function commitStep(outcome: string): CommitStep {
  switch (outcome) {
    case 'partly staged':
      return 'file';
    case 'ignored':
      return 'ignored';
    case 'unmerged':
      return 'conflicts';
    case 'hook refused':
    case 'locked':
    case 'timeout':
    case 'signing failed':
    case 'failed':
      return 'again';
    default:
      return null;
  }
}

/** What the person can do after a push that did not arrive. */
export type PushStep = 'merge' | 'publish' | 'again' | null;

export function pushStep(outcome: string): PushStep {
  switch (outcome) {
    case 'rejected':
      return 'merge';
    case 'no upstream':
      return 'publish';
    case 'unreachable':
    case 'timeout':
    case 'authentication':
    case 'failed':
    case 'hook refused':
    case 'remote refused':
      return 'again';
    default:
      return null;
  }
}

export function didPush(outcome: string): boolean {
  return outcome === 'pushed' || outcome === 'up to date';
}

export function commitNode(result: ICommitResult, trans: TranslationBundle): HTMLElement {
  if (result.outcome !== 'committed') {
    return problemNode(result.message, result.hint, result.stderr, trans);
  }
  const line = h(
    'p',
    { class: 'nbvc-Good' },
    trans.__('Committed '),
    h('code', {}, result.short ?? ''),
    result.branch ? trans.__(' on %1', result.branch) : ''
  );
  const links = Object.entries(result.links ?? {}).map(([kind, url]) =>
    linkNode(kind, url, trans)
  );
  return h('div', {}, line, links.length > 0 && h('p', { class: 'nbvc-Links' }, ...links));
}

function linkNode(kind: string, url: string | undefined, trans: TranslationBundle): Node {
  if (!url || !/^https?:\/\//i.test(url)) {
    return document.createTextNode('');
  }
  const text =
    kind === 'request'
      ? trans.__('Open a pull request')
      : kind === 'viewer'
        ? trans.__('See the notebook')
        : trans.__('See the commit');
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, text);
}

export function pushNode(result: IPushResult, trans: TranslationBundle): HTMLElement {
  if (!didPush(result.outcome)) {
    return problemNode(result.message, result.hint, result.stderr, trans);
  }
  const text =
    result.outcome === 'pushed'
      ? trans.__('Pushed to %1.', [result.remote, result.branch].filter(Boolean).join('/'))
      : result.message;
  return h('p', { class: 'nbvc-Good' }, text);
}

export function pullNode(result: IPullResult, trans: TranslationBundle): HTMLElement {
  const good = ['up to date', 'fast-forwarded', 'merged'].includes(result.outcome);
  if (good) {
    return h('p', { class: 'nbvc-Good' }, result.message);
  }
  const node = problemNode(result.message, result.hint, result.stderr, trans);
  if (result.names.length) {
    node.append(h('ul', {}, ...result.names.slice(0, 10).map(name => h('li', {}, name))));
  }
  return node;
}

export function errorNode(error: NbvcError, trans: TranslationBundle): HTMLElement {
  return problemNode(error.message, error.hint, '', trans);
}

function problemNode(
  message: string,
  hint: string | null,
  details: string,
  trans: TranslationBundle
): HTMLElement {
  return h(
    'div',
    { class: 'nbvc-Problem', role: 'alert' },
    h('p', { class: 'nbvc-Problem-message' }, sentence(message)),
    hint && h('p', { class: 'nbvc-Problem-hint' }, sentence(hint)),
    details.trim() !== '' &&
      h(
        'details',
        {},
        h('summary', {}, trans.__('What git said')),
        h('pre', { class: 'nbvc-Problem-details' }, details.trim())
      )
  );
}

/** The library's messages start small and end without a stop. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  const started =
    /^[a-z]+[ ,]/.test(trimmed) && !/^(git|nbvc) /.test(trimmed)
      ? trimmed[0].toUpperCase() + trimmed.slice(1)
      : trimmed;
  return /[.!?:…]$/.test(started) ? started : `${started}.`;
}

export function stepNode(step: IStep): HTMLElement {
  return button(step.label, 'nbvc-Commit-next', step.act);
}
