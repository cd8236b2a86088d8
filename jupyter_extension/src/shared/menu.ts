/** A menu below a button, for a handful of choices. */
import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

export interface IChoice {
  label: string;
  act: () => void;
  enabled?: boolean;
}

/** Open a menu below an element; null is a line between choices. */
export function openChoices(anchor: HTMLElement, choices: readonly (IChoice | null)[]): void {
  const commands = new CommandRegistry();
  const menu = new Menu({ commands });
  menu.addClass('nbvc-Menu');
  choices.forEach((choice, at) => {
    if (!choice) {
      menu.addItem({ type: 'separator' });
      return;
    }
    const { label, act, enabled } = choice;
    const command = `nbvc:choice-${at}`;
    commands.addCommand(command, {
      label,
      isEnabled: () => enabled ?? true,
      execute: act
    });
    menu.addItem({ command });
  });
  menu.aboutToClose.connect(() => window.setTimeout(() => menu.dispose(), 0));
  const box = anchor.getBoundingClientRect();
  menu.open(box.left, box.bottom);
}
