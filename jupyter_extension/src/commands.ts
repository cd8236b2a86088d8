import type { ICommandPalette } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { openCommitDialog } from './commit/dialog';
import { saveCheckpoint } from './compare/checkpoint';
import type { What } from './compare/menu';
import { compareWith, openMenu } from './compare/menu';
import { openFiles } from './compare/opening';
import { chooseSince } from './compare/since';
import { openConflicts } from './conflict/opening';
import { showBlame } from './history/blame';
import { openCellHistory, openHistory } from './history/opening';
import { findLive, LiveNotebook, serverPath } from './live/document';
import type { Versions } from './panel/opening';
import { commitIcon, compareIcon, historyIcon, versionsIcon } from './shared/icons';
import type { IServices } from './shared/services';
import { notifyProblem } from './shared/tell';
import { chooseNotebook } from './versions/notebooks';

export const COMMANDS = {
  commit: 'nbvc:commit',
  compare: 'nbvc:compare',
  checkpoint: 'nbvc:checkpoint',
  compareFiles: 'nbvc:compare-files',
  history: 'nbvc:history',
  conflicts: 'nbvc:conflicts',
  blame: 'nbvc:blame',
  cellHistory: 'nbvc:cell-history',
  deletedCells: 'nbvc:deleted-cells',
  marksSince: 'nbvc:marks-since',
  panel: 'nbvc:panel',
  getChanges: 'nbvc:get-changes',
  branches: 'nbvc:branches'
} as const;

/** Return the notebook of a command: by its arguments, or the one in front. */
function findTarget(services: IServices, args: { path?: unknown }): LiveNotebook | null {
  const { contents } = services.app.serviceManager;
  if (typeof args.path === 'string') {
    return findLive(services.tracker, contents, args.path);
  }
  const panel = services.tracker?.currentWidget;
  return panel ? new LiveNotebook(panel, contents) : null;
}

/** Return the paths of the notebooks that are selected in the file browser. */
function findSelected(services: IServices): string[] {
  const browser = services.browsers?.tracker.currentWidget;
  const items = browser ? [...browser.selectedItems()] : [];
  const { contents } = services.app.serviceManager;
  return items
    .filter(item => item.type === 'notebook' || item.path.endsWith('.ipynb'))
    .map(item => serverPath(contents, item.path));
}

export function addCommands(
  services: IServices,
  versions: Versions,
  palette: ICommandPalette | null
): void {
  const { app, trans, tracker } = services;
  const { commands } = app;
  const open = (): boolean => Boolean(tracker?.currentWidget);
  const withTarget =
    (act: (live: LiveNotebook) => void) =>
    (args: { path?: unknown }): void => {
      try {
        const live = findTarget(services, args);
        if (live) {
          act(live);
        }
      } catch (error) {
        notifyProblem(error);
      }
    };

  commands.addCommand(COMMANDS.commit, {
    label: args => (args.toolbar ? '' : trans.__('Commit and Push…')),
    caption: trans.__('Save, commit and push this notebook'),
    icon: commitIcon,
    isEnabled: open,
    execute: withTarget(live =>
      openCommitDialog(services, {
        path: live.path,
        name: PathExt.basename(live.path),
        live,
        openConflict: file => versions.openFile(file),
        openPanel: () => versions.show()
      })
    )
  });

  const labels: Record<What, string> = {
    checkpoint: trans.__('Compare with Last Checkpoint'),
    head: trans.__('Compare with Last Commit'),
    yesterday: trans.__('Show What Changed Since Yesterday'),
    pick: trans.__('Compare with Another Checkpoint or Commit…'),
    file: trans.__('Compare with Another Notebook…')
  };
  commands.addCommand(COMMANDS.compare, {
    label: args => labels[args.what as What] ?? trans.__('Compare…'),
    caption: trans.__('Compare this notebook with a checkpoint, a commit or another notebook'),
    icon: args => (args.what ? undefined : compareIcon),
    isEnabled: open,
    execute: args =>
      withTarget(live => {
        const what = args.what as What | undefined;
        if (what && what in labels) {
          void compareWith(services, live.path, what);
        } else {
          openMenu(commands, services, live.path);
        }
      })(args)
  });

  commands.addCommand(COMMANDS.checkpoint, {
    label: trans.__('Save Checkpoint with Message…'),
    caption: trans.__('Save a checkpoint of this notebook, with a message'),
    isEnabled: open,
    execute: withTarget(live => void saveCheckpoint(services, live.path, live))
  });

  commands.addCommand(COMMANDS.compareFiles, {
    label: () =>
      findSelected(services).length > 1
        ? trans.__('Compare the Two Notebooks')
        : trans.__('Compare with Another Notebook…'),
    caption: trans.__('Compare two notebooks cell by cell'),
    icon: compareIcon,
    isVisible: () => [1, 2].includes(findSelected(services).length),
    execute: async () => {
      try {
        const [first, second] = findSelected(services);
        if (first && second) {
          openFiles(services, first, second);
        } else if (first) {
          const other = await chooseNotebook(services, first);
          if (other) {
            openFiles(services, first, other);
          }
        }
      } catch (error) {
        notifyProblem(error);
      }
    }
  });

  commands.addCommand(COMMANDS.history, {
    label: args => (args.toolbar ? '' : trans.__('Show History')),
    caption: trans.__('Slide through the versions of this notebook'),
    icon: historyIcon,
    isEnabled: args => Boolean(args.selected) || open(),
    isVisible: args => !args.selected || findSelected(services).length === 1,
    execute: args => {
      try {
        const path = args.selected
          ? findSelected(services)[0]
          : findTarget(services, args)?.path;
        if (path) {
          openHistory(services, path);
        }
      } catch (error) {
        notifyProblem(error);
      }
    }
  });

  commands.addCommand(COMMANDS.conflicts, {
    label: trans.__('Decide Conflicts…'),
    caption: trans.__('Choose a side, both or something else for each conflict of a notebook'),
    isEnabled: args => Boolean(args.selected) || typeof args.path === 'string' || open(),
    isVisible: args => !args.selected || findSelected(services).length === 1,
    execute: args => {
      try {
        // A notebook with git's markers can't be open: the file browser or the caller names it.
        const named = typeof args.path === 'string' ? args.path : undefined;
        const selected = args.selected ? findSelected(services)[0] : undefined;
        const path = named ?? selected ?? findTarget(services, {})?.path;
        if (path) {
          openConflicts(services, path, versions.next);
        }
      } catch (error) {
        notifyProblem(error);
      }
    }
  });

  commands.addCommand(COMMANDS.blame, {
    label: trans.__('Who Wrote This Cell?'),
    caption: trans.__('Show who last changed the current cell, when and why'),
    isEnabled: open,
    execute: withTarget(live => void showBlame(live, trans))
  });

  commands.addCommand(COMMANDS.cellHistory, {
    label: trans.__('Show History of This Cell'),
    caption: trans.__('Show the versions in which the current cell changed'),
    isEnabled: open,
    execute: withTarget(live => openCellHistory(services, live))
  });

  commands.addCommand(COMMANDS.deletedCells, {
    label: trans.__('Show Deleted Cells'),
    caption: trans.__('Show cells of old versions that this notebook no longer has'),
    isEnabled: open,
    execute: withTarget(live => openHistory(services, live.path).showDeleted())
  });

  commands.addCommand(COMMANDS.marksSince, {
    label: trans.__('Mark Changes Since…'),
    caption: trans.__(
      'Choose the commit or checkpoint that the marks in the margin compare with'
    ),
    isEnabled: open,
    execute: withTarget(live => void chooseSince(services, live.path))
  });

  commands.addCommand(COMMANDS.panel, {
    label: trans.__('Show Changed Files'),
    caption: trans.__('Show the panel with the branch and all changed files'),
    icon: versionsIcon,
    execute: () => versions.show()
  });

  commands.addCommand(COMMANDS.getChanges, {
    label: trans.__('Get Changes of Others'),
    caption: trans.__('Fetch what others pushed, and merge it'),
    isEnabled: () => Boolean(versions.model.project?.remotes.length),
    execute: () => {
      versions.show();
      void versions.panel.getChanges();
    }
  });

  commands.addCommand(COMMANDS.branches, {
    label: trans.__('Switch or Begin a Branch…'),
    caption: trans.__('Show the branches to switch to'),
    isEnabled: () => versions.model.project !== null,
    execute: () => {
      versions.show();
      versions.panel.openBranches();
    }
  });
  versions.model.changed.connect(() => commands.notifyCommandChanged());

  const category = trans.__('Notebook versions');
  for (const command of [
    COMMANDS.panel,
    COMMANDS.commit,
    COMMANDS.getChanges,
    COMMANDS.branches
  ]) {
    palette?.addItem({ command, category });
  }
  for (const what of ['checkpoint', 'head', 'yesterday', 'pick', 'file']) {
    palette?.addItem({ command: COMMANDS.compare, category, args: { what } });
  }
  palette?.addItem({ command: COMMANDS.checkpoint, category });
  palette?.addItem({ command: COMMANDS.history, category });
  palette?.addItem({ command: COMMANDS.conflicts, category });
  palette?.addItem({ command: COMMANDS.blame, category });
  palette?.addItem({ command: COMMANDS.cellHistory, category });
  palette?.addItem({ command: COMMANDS.deletedCells, category });
  palette?.addItem({ command: COMMANDS.marksSince, category });
}
