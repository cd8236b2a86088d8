/** What another program wrote to the file of a notebook in a room; the server brought it in. */
import type { JupyterFrontEnd } from '@jupyterlab/application';

/** The kind of the event, as in `outside.py`. */
const SCHEMA = 'urn:nbvc:outside:v1';

/**
 * A change that the room has got: the file, the file merged with what was typed, or the file in
 * place of what was typed. The checkpoint has the notebook from before.
 */
export interface IOutside {
  path: string;
  outcome: 'loaded' | 'merged' | 'replaced';
  checkpoint: string;
}

/** Report every such change of any notebook. */
export function watchOutside(app: JupyterFrontEnd, react: (change: IOutside) => void): void {
  app.serviceManager.events.stream.connect((_, event) => {
    if (event.schema_id === SCHEMA) {
      react(event as unknown as IOutside);
    }
  });
}
