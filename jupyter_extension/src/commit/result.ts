/** The result of a commit, push or pull on the page. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { openComparison } from '../compare/opening';
import { drawProblem } from '../drawing/problem';
import type { CommitResult, IProjectFile, IPullResult, IPushResult } from '../server/contract';
import { createButton, h } from '../shared/dom';
import type { IServices } from '../shared/services';
import { hasPulled, hasPushed } from './steps';
import {
  describeCommit,
  describeMade,
  describePull,
  describePush,
  formatPushed
} from './words';

export function drawCommit(result: CommitResult, trans: TranslationBundle): HTMLElement {
  if (result.outcome !== 'committed') {
    return drawProblem(describeCommit(result, trans), result.stderr, trans);
  }
  const [before, name, after] = describeMade(result, trans);
  return h('p', { class: 'nbvc-Good' }, before, h('code', {}, name), after);
}

/** Name what a hook changed, with a comparison of the notebook in front with what was saved. */
export function drawEdits(
  services: IServices,
  commit: CommitResult,
  shown: { front: Pick<IProjectFile, 'name' | 'path'>; saved: unknown } | null,
  leave: () => void = () => undefined
): HTMLElement[] {
  const { trans } = services;
  if (commit.outcome !== 'committed' || !commit.edited.length) {
    return [];
  }
  const { oid } = commit;
  const compare = (path: string, saved: unknown): void => {
    leave();
    openComparison(services, {
      path,
      before: {
        side: { kind: 'content', notebook: saved },
        label: trans.__('Before the hook')
      },
      after: { side: { kind: 'commit', ref: oid }, label: trans.__('Committed') }
    });
  };
  const { front, saved } = shown ?? { front: null, saved: undefined };
  const path = front && commit.edited.includes(front.name) ? front.path : null;
  return [
    h(
      'p',
      { class: 'nbvc-Commit-hook' },
      trans.__('A hook changed %1 in this commit. ', commit.edited.join(', ')),
      path !== null &&
        saved !== undefined &&
        createButton(trans.__('Compare'), '', () => compare(path, saved))
    )
  ];
}

function drawLink(kind: string, url: string | undefined, trans: TranslationBundle): Node {
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

export function drawPush(result: IPushResult, trans: TranslationBundle): HTMLElement {
  if (!hasPushed(result.outcome)) {
    return drawProblem(describePush(result, trans), result.stderr, trans);
  }
  const line = h('p', { class: 'nbvc-Good' }, formatPushed(result, trans));
  const links = Object.entries(result.links ?? {}).map(([kind, url]) =>
    drawLink(kind, url, trans)
  );
  return h('div', {}, line, links.length > 0 && h('p', { class: 'nbvc-Links' }, ...links));
}

export function drawPull(result: IPullResult, trans: TranslationBundle): HTMLElement {
  const said = describePull(result, trans);
  if (!hasPulled(result.outcome)) {
    return drawProblem(said, result.stderr, trans);
  }
  const node = h('div', {}, h('p', { class: 'nbvc-Good' }, said.message));
  for (const note of result.notes) {
    node.append(h('p', { class: 'nbvc-Muted' }, note));
  }
  if (result.undecided?.length) {
    const text = trans.__(
      'What you had not committed and what others did is in conflict here: %1.',
      result.undecided.join(', ')
    );
    node.append(h('p', { class: 'nbvc-Problem', role: 'alert' }, text));
  }
  if (result.left_out?.length) {
    const text = trans.__(
      'What you had not committed is kept in the checkpoint “Before pulling”: %1.',
      result.left_out.join(', ')
    );
    node.append(h('p', { class: 'nbvc-Problem', role: 'alert' }, text));
  }
  return node;
}
