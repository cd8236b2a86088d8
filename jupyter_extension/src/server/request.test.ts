import { afterEach, describe, expect, it, vi } from 'vitest';
import type { NbvcError } from '../shared/error';

const makeRequest = vi.fn();
vi.mock('@jupyterlab/services', () => ({
  ServerConnection: { makeSettings: () => ({ baseUrl: '/base/' }), makeRequest }
}));
const { requestAPI } = await import('./request');

const answer = (status: number, body: string): void =>
  void makeRequest.mockResolvedValueOnce({
    ok: status < 400,
    status,
    text: () => Promise.resolve(body)
  });

afterEach(() => makeRequest.mockReset());

describe('a request', () => {
  it('is a GET with a query, or a POST with a body', async () => {
    answer(200, '{"a": 1}');
    const query = { path: 'a b&c', id: undefined, n: 2 };
    expect(await requestAPI('status', { query })).toEqual({ a: 1 });
    expect(makeRequest.mock.calls[0][0]).toBe('/base/nbvc/status?path=a%20b%26c&n=2');
    answer(200, '{}');
    await requestAPI('commit', { body: { path: 'a' } });
    expect(makeRequest.mock.calls[1][1]).toMatchObject({
      method: 'POST',
      body: '{"path":"a"}'
    });
  });
  it.each([
    [409, '{"message": "m", "hint": "h", "reason": "git"}', ['m', 'h', 'git', 409]],
    [502, '<html>', ['The server answered 502.', null, 'refused', 502]],
    [404, '', [expect.stringMatching(/not running/), expect.any(String), 'no-server', 404]],
    [200, '<html>', [expect.stringMatching(/could not be read/), null, 'no-json', 0]]
  ])('that is answered by %d %s', async (status, body, expected) => {
    answer(status, body);
    const error = await requestAPI<NbvcError>('status').catch((found: NbvcError) => found);
    expect([error.message, error.hint, error.reason, error.status]).toEqual(expected);
  });
  it('that is stopped, and one that nobody answers', async () => {
    const abort = new AbortController();
    makeRequest.mockRejectedValue(new Error('away'));
    await expect(requestAPI('status')).rejects.toMatchObject({ reason: 'no-answer' });
    abort.abort();
    const stopped = requestAPI('status', { signal: abort.signal });
    await expect(stopped).rejects.toMatchObject({ cancelled: true });
  });
});
