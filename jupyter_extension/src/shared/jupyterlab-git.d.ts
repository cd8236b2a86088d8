/**
 * The part of jupyterlab-git that a provider of diffs needs. It is not a dependency: the module is
 * there when jupyterlab-git is installed, and importing it fails otherwise.
 *
 * Source: `Git.Diff` and `IGitExtension` of jupyterlab-git 0.34 to 0.55.
 */
declare module '@jupyterlab/git' {
  import type { Toolbar } from '@jupyterlab/ui-components';
  import type { Token } from '@lumino/coreutils';
  import type { ISignal } from '@lumino/signaling';
  import type { Widget } from '@lumino/widgets';

  /** One side: its text, which is empty if the file does not exist there. */
  export interface IContent {
    content: () => Promise<string>;
    label: string;
  }

  /** Two versions of a file, and in a merge the base of both. */
  export interface IModel {
    readonly reference: IContent;
    readonly challenger: IContent;
    readonly changed: ISignal<IModel, unknown>;
    readonly filename: string;
    readonly repositoryPath?: string;
    readonly hasConflict?: boolean;
  }

  export interface IDiffWidget extends Widget {
    refresh(): Promise<void>;
    readonly isFileResolved: boolean;
    /** Return what jupyterlab-git saves when the user marks the file as resolved. */
    getResolvedFile(): Promise<{ type: string; format: string; content: unknown }>;
  }

  export interface IFactoryOptions {
    model: IModel;
    toolbar?: Toolbar;
  }

  export interface IGitExtension {
    registerDiffProvider(
      name: string,
      extensions: string[],
      factory: (options: IFactoryOptions) => Promise<IDiffWidget>
    ): void;
  }

  export const IGitExtension: Token<IGitExtension>;
}
