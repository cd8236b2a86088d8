import { expect, it } from 'vitest';
import { rove, SIDEWAYS } from './roving';

it('is one stop, and arrows move it', () => {
  const host = document.createElement('div');
  host.innerHTML = '<button>a</button><button hidden>b</button><button>c</button>';
  document.body.append(host);
  rove(host, 'button', SIDEWAYS);
  const [a, , c] = [...host.querySelectorAll('button')];
  const stops = (): number[] => [a, c].map(node => node.tabIndex);
  const press = (key: string): void => {
    document.activeElement?.dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
    );
  };
  expect(stops()).toEqual([0, -1]);
  a.focus();
  press('ArrowRight');
  expect(document.activeElement).toBe(c);
  expect(stops()).toEqual([-1, 0]);
  press('ArrowRight');
  press('ArrowDown');
  expect(document.activeElement).toBe(c);
  press('Home');
  expect(document.activeElement).toBe(a);
  host.remove();
});
