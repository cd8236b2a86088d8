/** The operation that git is in the middle of: its name, its files, and what can be done. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IProject, IProjectFile, OperationStep } from '../server/contract';
import { createButton, h } from '../shared/dom';
import { describeOperation, labelStep } from './words';

export interface IOperationActs {
  /** Open the conflicts of a file. */
  open: (file: IProjectFile) => void;
  step: (step: OperationStep) => void;
}

export interface IOperationParts {
  /** The steps that get a button here. */
  steps: readonly OperationStep[];
  /** Whether the files that are left to resolve are listed here. */
  lists: boolean;
}

/** Draw an operation in progress; null if there is none. */
export function drawOperation(
  project: IProject,
  acts: IOperationActs,
  trans: TranslationBundle,
  push: boolean,
  { steps, lists }: IOperationParts = { steps: ['continue', 'skip', 'abort'], lists: true }
): HTMLElement | null {
  const { running, files } = project;
  if (!running) {
    return null;
  }
  const left = files.filter(file => file.open);
  const offered = steps.filter(
    step => running.steps.includes(step) && (step !== 'continue' || !left.length)
  );
  const state = left.length
    ? trans._n('%1 file left to resolve', '%1 files left to resolve', left.length)
    : running.steps.includes('continue')
      ? trans.__('All conflicts are resolved.')
      : '';
  return h(
    'section',
    {
      class: 'nbvc-Operation',
      'aria-label': describeOperation(running, trans),
      'data-nbvc-left': left.length
    },
    h('strong', {}, describeOperation(running, trans)),
    state !== '' && h('span', { class: 'nbvc-Muted', role: 'status' }, state),
    lists && left.length > 0 && drawLeft(left, acts, trans),
    h(
      'div',
      { class: 'nbvc-Operation-steps' },
      ...offered.map(step =>
        createButton(
          labelStep(step, running, push, trans),
          step === 'continue'
            ? 'nbvc-mod-main nbvc-Operation-continue'
            : `nbvc-Operation-${step}`,
          () => acts.step(step),
          step === 'abort' ? trans.__('Back to before it; your work becomes checkpoints') : ''
        )
      )
    )
  );
}

function drawLeft(
  left: readonly IProjectFile[],
  acts: IOperationActs,
  trans: TranslationBundle
): HTMLElement {
  return h(
    'ul',
    { class: 'nbvc-Operation-files' },
    ...left.map(file =>
      h(
        'li',
        {},
        h('code', {}, file.name),
        createButton(
          trans.__('Resolve'),
          'nbvc-Operation-resolve',
          () => acts.open(file),
          file.name
        )
      )
    )
  );
}
