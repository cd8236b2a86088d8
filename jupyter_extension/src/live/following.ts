/** What nbvc or a hook wrote to the file of an open notebook comes into its editor. */
import { notifyProblem } from '../shared/tell';
import type { IServices } from '../shared/services';
import { findDisk } from './disk';
import type { LiveNotebook } from './document';
import { countUntrusted, tellTrust } from './trusting';

export async function loadDisk(services: IServices, live: LiveNotebook): Promise<void> {
  await bringIn(services, live, () => findDisk(live, getContents(services)).load());
}

export async function mergeDisk(services: IServices, live: LiveNotebook): Promise<void> {
  await bringIn(services, live, () => findDisk(live, getContents(services)).merge());
}

/**
 * Do what writes to the file, and bring the result into the editor.
 *
 * What somebody typed meanwhile is merged. If it can't be, the bar about the disk asks.
 */
export async function follow<T>(
  services: IServices,
  live: LiveNotebook | null,
  write: () => Promise<T>
): Promise<T> {
  if (!live) {
    return write();
  }
  const untrusted = countUntrusted(live);
  const written = await write();
  if ((await findDisk(live, getContents(services)).look()) === 'changed') {
    try {
      const disk = findDisk(live, getContents(services));
      await (live.edited ? disk.merge() : disk.load());
    } catch (error) {
      notifyProblem(error);
    }
  }
  tellTrust(services, live, untrusted);
  return written;
}

async function bringIn(
  services: IServices,
  live: LiveNotebook,
  bring: () => Promise<unknown>
): Promise<void> {
  const untrusted = countUntrusted(live);
  await bring();
  tellTrust(services, live, untrusted);
}

const getContents = ({ app }: IServices) => app.serviceManager.contents;
