/** Words for the state of a repository: what changed, what is in progress, what comes next. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { formatCounts } from '../diff/words';
import type {
  IProject,
  IProjectFile,
  IRunning,
  Operation,
  OperationStep
} from '../server/contract';

/** `3 changed, 1 added`, `outputs only`, `+4 −1`: what changed in a file, in a few words. */
export function describeFile(file: IProjectFile, trans: TranslationBundle): string {
  if (file.open) {
    return trans.__('to resolve');
  }
  switch (file.kind) {
    case 'deleted':
      return trans.__('deleted');
    case 'conflict':
      return trans.__('to resolve');
    case 'added':
      return trans.__('new');
    case 'changed':
    case 'renamed': {
      const text = describeContent(file, trans);
      return file.state === 'partly staged' ? trans.__('%1, partly staged', text) : text;
    }
  }
}

function describeContent(file: IProjectFile, trans: TranslationBundle): string {
  const { notebook, lines, kind } = file;
  if (notebook) {
    const counts = notebook.counts
      ? formatCounts({ split: 0, joined: 0, ...notebook.counts }, trans)
      : '';
    switch (notebook.extent) {
      case 'outputs only':
        return trans.__('outputs only');
      case 'noise only':
        return trans.__('noise only');
      case 'metadata only':
        return trans.__('metadata only');
      case 'no notebook':
        return trans.__('not a notebook');
      case 'not available':
        return trans.__('not available');
      case 'renamed only':
        return trans.__('renamed');
      case 'added':
      case 'in conflict':
      case 'removed':
      case 'same content':
      case 'sources':
      case 'untracked':
        return counts || (kind === 'renamed' ? trans.__('renamed') : trans.__('changed'));
    }
  }
  return lines ? formatLines(lines) : trans.__('changed');
}

export function formatLines([added, removed]: readonly number[]): string {
  return [added && `+${added}`, removed && `−${removed}`].filter(Boolean).join(' ');
}

/** Whether nothing that a person did is in a file: it is listed, and not chosen unasked. */
export function isQuiet(file: IProjectFile): boolean {
  return file.notebook?.extent === 'noise only';
}

/** `↑1 ↓2`: commits to push and to get, empty for none. */
export function formatDistance({ ahead, behind }: IProject): string {
  return [ahead && `↑${ahead}`, behind && `↓${behind}`].filter(Boolean).join(' ');
}

export function describeDistance(
  { ahead, behind, upstream }: IProject,
  trans: TranslationBundle
): string {
  if (!upstream) {
    return trans.__('This branch is on no remote yet.');
  }
  const parts = [
    ahead && trans._n('%1 commit to push', '%1 commits to push', ahead),
    behind && trans._n('%1 commit to get', '%1 commits to get', behind)
  ].filter(Boolean);
  const place = trans.__('compared with %1 as it was last seen', upstream);
  return parts.length ? `${parts.join(', ')}, ${place}` : trans.__('The same as %1.', upstream);
}

export function describeOperation(running: IRunning, trans: TranslationBundle): string {
  return running.operation
    ? nameOperation(running.operation, trans)
    : trans.__('Stashed changes in conflict');
}

function nameOperation(operation: Operation, trans: TranslationBundle): string {
  switch (operation) {
    case 'merge':
      return trans.__('Merge in progress');
    case 'rebase':
      return trans.__('Rebase in progress');
    case 'cherry-pick':
      return trans.__('Cherry-pick in progress');
    case 'revert':
      return trans.__('Revert in progress');
    case 'am':
      return trans.__('Patches in progress');
    case 'bisect':
      return trans.__('Search for a commit in progress');
  }
}

/** What a button for a step says. */
export function labelStep(
  step: OperationStep,
  { operation }: IRunning,
  push: boolean,
  trans: TranslationBundle
): string {
  switch (step) {
    case 'continue':
      return labelFinish(operation, push, trans);
    case 'skip':
      return trans.__('Skip this commit');
    case 'abort':
      return labelAbort(operation, trans);
  }
}

function labelFinish(
  operation: Operation | null,
  push: boolean,
  trans: TranslationBundle
): string {
  switch (operation) {
    case 'merge':
      return push ? trans.__('Finish the merge and push') : trans.__('Finish the merge');
    case 'cherry-pick':
      return push
        ? trans.__('Finish the cherry-pick and push')
        : trans.__('Finish the cherry-pick');
    case 'revert':
      return push ? trans.__('Finish the revert and push') : trans.__('Finish the revert');
    case 'rebase':
      return trans.__('Continue the rebase');
    case 'am':
    case 'bisect':
    case null:
      return trans.__('Continue');
  }
}

function labelAbort(operation: Operation | null, trans: TranslationBundle): string {
  switch (operation) {
    case 'merge':
      return trans.__('Undo the merge');
    case 'rebase':
      return trans.__('Undo the rebase');
    case 'cherry-pick':
      return trans.__('Undo the cherry-pick');
    case 'revert':
      return trans.__('Undo the revert');
    case 'am':
      return trans.__('Undo the patches');
    case 'bisect':
      return trans.__('Leave the search');
    case null:
      return trans.__('Undo: set these changes aside again');
  }
}

/** Whether a commit finishes the operation, so that it takes a message and can be pushed. */
export function takesMessage({ operation }: IRunning): boolean {
  return operation === 'merge' || operation === 'cherry-pick' || operation === 'revert';
}

/** Suggest a message from what changed: `Change a.ipynb and helper.py`. */
export function suggestMessage(
  files: readonly IProjectFile[],
  head: string | null,
  trans: TranslationBundle
): string {
  // A file such as .gitignore goes along: the message is about the others.
  const telling = files.filter(file => !/(^|\/)\./.test(file.name));
  const names = (telling.length ? telling : files).map(
    file => file.name.split('/').pop() ?? file.name
  );
  if (!names.length) {
    return '';
  }
  const shown = names.length > 3 ? [...names.slice(0, 2), '…'] : names;
  const list =
    shown.length > 1
      ? trans.__('%1 and %2', shown.slice(0, -1).join(', '), shown[shown.length - 1])
      : shown[0];
  const text =
    names.length > 3
      ? trans.__('%1, %2 and %3 more', names[0], names[1], names.length - 2)
      : list;
  if (!head) {
    return trans.__('Begin with %1', text);
  }
  const kinds = new Set(files.map(file => file.kind));
  if (kinds.size === 1) {
    const [kind] = kinds;
    switch (kind) {
      case 'added':
        return trans.__('Add %1', text);
      case 'deleted':
        return trans.__('Delete %1', text);
      case 'renamed':
        return trans.__('Rename %1', text);
      case 'changed':
        return files.every(file => file.notebook?.extent === 'outputs only')
          ? trans.__('Rerun %1', text)
          : trans.__('Change %1', text);
      case 'conflict':
        break;
    }
  }
  return trans.__('Change %1', text);
}

/** Say that an operation was undone, and how many files became checkpoints first. */
export function describeUndone(kept: readonly unknown[], trans: TranslationBundle): string {
  return kept.length
    ? trans._n(
        'Undone. %1 file as it was is a checkpoint.',
        'Undone. %1 files as they were are checkpoints.',
        kept.length
      )
    : trans.__('Undone.');
}
