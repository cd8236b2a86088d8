/** The steps of an operation that git is in the middle of: one place for the dialog and the panel. */
import { followAll } from '../live/reload';
import { describeUndone } from '../project/words';
import * as server from '../server/calls';
import type { CommitResult, IPushResult, IRunning, OperationStep } from '../server/contract';
import { tellChange } from '../shared/happened';
import type { IServices } from '../shared/services';

export interface IStepOrder {
  path: string;
  running: IRunning | null;
  /** What a person typed, empty for git's own message. */
  message: string;
  push: boolean;
  signal: AbortSignal;
}

/** What became of a step: a sentence if the operation is undone, else its commit. */
export type StepResult =
  { undone: string } | { undone: null; commit: CommitResult; push: IPushResult | null };

/** Do a step; open documents are saved first, and get what changed in their files. */
export async function takeStep(
  services: IServices,
  step: OperationStep,
  { path, running, message, push, signal }: IStepOrder
): Promise<StepResult> {
  try {
    switch (step) {
      case 'abort': {
        const { kept } = await followAll(services, () => server.abortOperation(path));
        return { undone: describeUndone(kept, services.trans) };
      }
      case 'skip': {
        const { commit } = await followAll(services, () => server.skipCommit(path));
        return { undone: null, commit, push: null };
      }
      case 'continue': {
        const request = { path, message: message || running?.message || ' ', push };
        const done = await followAll(services, () => server.continueOperation(request, signal));
        return { undone: null, commit: done.commit, push: done.push };
      }
    }
  } finally {
    tellChange();
  }
}

/** What a step that takes a while is called. */
export function describeStep(step: OperationStep, { trans }: IServices): string {
  switch (step) {
    case 'abort':
      return trans.__('Going back…');
    case 'skip':
      return trans.__('Skipping…');
    case 'continue':
      return trans.__('Finishing…');
  }
}
