import { describe, expect, it } from 'vitest';
import { createButton, formatBytes, formatDistance, formatMoment, h } from './dom';

describe('elements', () => {
  it('have texts, never markup, and unseen characters by name', () => {
    const node = h(
      'p',
      { title: 'a\u202eb', hidden: true, id: null },
      '<b>\u200b',
      null,
      h('i')
    );
    expect(node.outerHTML).toBe(
      '<p title="a<U+202E>b" hidden="">&lt;b&gt;<span class="nbvc-Name">&lt;U+200B&gt;</span><i></i></p>'
    );
  });
  it('are buttons with a label', () => {
    let pressed = 0;
    const node = createButton('Go', 'x', () => (pressed += 1));
    node.click();
    expect([pressed, node.getAttribute('aria-label'), node.type]).toEqual([1, 'Go', 'button']);
  });
});

describe('values for people', () => {
  it.each([
    [999, '999 B'],
    [1500, '1.5 kB'],
    [2_500_000, '2.5 MB']
  ])('%d bytes', (count, text) => {
    expect(formatBytes(count)).toBe(text);
  });
  it.each([
    ['2026-01-01T00:00:00Z', 'now'],
    ['2025-12-31T23:55:00Z', '5 minutes ago'],
    ['2025-12-30T00:00:00Z', '2 days ago'],
    [null, ''],
    ['never', '']
  ])('%s is %s', (iso, text) => {
    expect(formatDistance(iso, Date.parse('2026-01-01T00:00:00Z'))).toBe(text);
  });
  it('moments that are none stay', () => {
    expect([formatMoment(null), formatMoment('never')]).toEqual(['', 'never']);
  });
});
