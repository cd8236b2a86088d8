import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { NbvcError, trans } from '../shared/error';
import type { IRefused } from './contract';

export interface IRequest {
  query?: object;
  /** Sent as JSON; its presence makes the request a POST. */
  body?: unknown;
  signal?: AbortSignal;
}

/** Ask the server extension; rejects with `NbvcError` only. */
export async function requestAPI<T>(
  endpoint: string,
  request: IRequest = {},
  settings: ServerConnection.ISettings = ServerConnection.makeSettings()
): Promise<T> {
  const url = URLExt.join(settings.baseUrl, 'nbvc', endpoint) + formatQuery(request.query);
  const init: RequestInit = { signal: request.signal ?? null };
  if (request.body !== undefined) {
    init.method = 'POST';
    init.body = JSON.stringify(request.body);
  }
  const response = await fetchAnswer(url, init, settings, request.signal);
  const text = await response.text().catch(() => '');
  const answer = parseAnswer(text);
  if (!response.ok) {
    throw createError(response, answer);
  }
  if (answer === undefined) {
    throw new NbvcError(
      trans.__('The server sent an answer that could not be read.'),
      null,
      'no-json'
    );
  }
  return answer as T;
}

async function fetchAnswer(
  url: string,
  init: RequestInit,
  settings: ServerConnection.ISettings,
  signal?: AbortSignal
): Promise<Response> {
  try {
    return await ServerConnection.makeRequest(url, init, settings);
  } catch (error) {
    if (signal?.aborted) {
      throw new NbvcError(trans.__('Cancelled.'), null, 'cancelled');
    }
    throw new NbvcError(
      trans.__('The Jupyter server did not answer.'),
      trans.__('Check that it is still running, then try again. (%1)', String(error)),
      'no-answer'
    );
  }
}

function formatQuery(query: object = {}): string {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`);
  return pairs.length ? `?${pairs.join('&')}` : '';
}

function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function createError(response: Response, answer: unknown): NbvcError {
  const fields = (answer ?? {}) as Partial<IRefused>;
  if (response.status === 404 && !fields.reason) {
    return new NbvcError(
      trans.__('The server part of nbvc is not running.'),
      trans.__('Install nbvc-jupyter where the Jupyter server runs, and restart it.'),
      'no-server',
      404
    );
  }
  const message = fields.message || trans.__('The server answered %1.', response.status);
  return new NbvcError(
    message,
    fields.hint ?? null,
    fields.reason ?? 'refused',
    response.status
  );
}
