import { LabIcon } from '@jupyterlab/ui-components';

const drawIcon = (path: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24">
  <g class="nbvc-Icon" fill="none" stroke="#616161" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${path}</g></svg>`;

/** A box that is sent up. */
export const commitIcon = new LabIcon({
  name: 'nbvc:commit',
  svgstr: drawIcon(
    '<path d="M12 15V3"/><path d="M7 8l5-5 5 5"/><path d="M4 14v5a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-5"/>'
  )
});

/** Two pages beside each other, a minus and a plus. */
export const compareIcon = new LabIcon({
  name: 'nbvc:compare',
  svgstr: drawIcon(
    '<path d="M12 3v18"/><path d="M4 12h4"/><path d="M16 12h4"/><path d="M18 10v4"/><rect x="2" y="5" width="20" height="14" rx="2"/>'
  )
});

/** A clock that runs backwards. */
export const historyIcon = new LabIcon({
  name: 'nbvc:history',
  svgstr: drawIcon(
    '<path d="M3.5 9a9 9 0 1 1-.5 4"/><path d="M3 4v5h5"/><path d="M12 7v5l3.5 2"/>'
  )
});

/** A branch that parts and comes back. */
export const versionsIcon = new LabIcon({
  name: 'nbvc:versions',
  svgstr: drawIcon(
    '<circle cx="6" cy="5" r="2.4"/><circle cx="6" cy="19" r="2.4"/><circle cx="18" cy="9" r="2.4"/><path d="M6 7.4v9.2"/><path d="M18 11.4c0 3.6-6 3-9.8 5.6"/>'
  )
});
