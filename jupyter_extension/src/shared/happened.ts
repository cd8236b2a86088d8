/** A word to all that show the state of a repository: something changed it. */
import { Signal } from '@lumino/signaling';

export const repositoryChanged = new Signal<object, void>({});

export function tellChange(): void {
  repositoryChanged.emit();
}
