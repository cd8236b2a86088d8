import { describe, expect, it } from 'vitest';
import { isOffline, withoutSettings } from './offline';

const PLOTLY = 'application/vnd.plotly.v1+json';
const VEGALITE = 'application/vnd.vegalite.v5+json';
const VEGA = 'application/vnd.vega.v5+json';
const line = { type: 'scatter', x: [1, 2], y: [1, 2] };
const figure = (more: object, ...data: object[]): object => ({
  data: data.length ? data : [line],
  layout: {},
  ...more
});
const laidOut = (layout: object): object => figure({ layout });
const image = { source: '//host/p.png', x: 0 };
const values = { values: [{ a: 1, url: 'https://host/' }] };

describe('what is drawn at once', () => {
  it.each([
    ['text/html', '<b>'],
    ['text/markdown', '# T'],
    ['text/latex', '$x$'],
    ['image/png', 'AAAA'],
    ['application/json', { url: 'https://host/' }],
    [PLOTLY, figure({})],
    [PLOTLY, figure({}, { x: [1] }, { type: 'sankey', link: { source: [0], target: [1] } })],
    [PLOTLY, figure({ config: { plotlyServerURL: 'https://plot.ly' } })],
    [PLOTLY, figure({ frames: [{ name: '1', data: [line] }] })],
    [PLOTLY, laidOut({ images: [], title: { text: 'choropleth map, https://host/' } })],
    [PLOTLY, laidOut({ template: { layout: { geo: {}, mapbox: { style: 'light' } } } })],
    [PLOTLY, laidOut({ updatemenus: [{ buttons: [{ args: ['type', 'bar'] }] }] })],
    [VEGALITE, { $schema: 'https://vega.github.io/schema/vega-lite/v5.json', data: values }],
    [VEGALITE, { data: { name: 'd' }, datasets: { d: [{ url: 'x' }] }, mark: 'bar' }],
    [VEGALITE, { data: values, usermeta: { embedOptions: { config: 'https://host/c.json' } } }],
    [VEGA, { data: [{ name: 't', values: {}, format: { type: 'topojson', feature: 'f' } }] }]
  ])('%s %j', (mime, value) => {
    expect(isOffline(mime, value)).toBe(true);
  });
});

describe('what is drawn when a person asks for it', () => {
  const types =
    `choropleth choroplethmap choroplethmapbox densitymap densitymapbox image scattergeo
    scattermap scattermapbox unheardof`.split(/\s+/);
  it.each([
    ...types.map((type): [string, unknown] => [PLOTLY, figure({}, { type })]),
    ...types.map((type): [string, unknown] => [
      PLOTLY,
      figure({ frames: [{ data: [{ type }] }] })
    ]),
    [PLOTLY, laidOut({ images: [image] })],
    [PLOTLY, laidOut({ images: image })],
    [PLOTLY, laidOut({ template: { layout: { images: [{ ...image, name: 'n' }] } } })],
    [PLOTLY, laidOut({ template: { layout: { imagedefaults: image } } })],
    [PLOTLY, laidOut({ 'images[0].source': '//host/' })],
    [PLOTLY, figure({ frames: [{ data: [], layout: { images: [image] } }] })],
    [PLOTLY, laidOut({ geo: { scope: 'europe' } })],
    [PLOTLY, laidOut({ map2: {} })],
    [PLOTLY, laidOut({ updatemenus: [{ buttons: [{ args: [{ images: [image] }] }] }] })],
    [PLOTLY, laidOut({ updatemenus: [{ buttons: [{ args: ['images[0].source', '/p'] }] }] })],
    [PLOTLY, laidOut({ sliders: [{ steps: [{ args: ['type', 'choropleth'] }] }] })],
    [PLOTLY, { data: { 0: 'odd' }, layout: [] }],
    [PLOTLY, 'https://host/figure.json'],
    [VEGALITE, { data: { url: 'data.csv' }, mark: 'bar' }],
    [VEGALITE, { data: { url: '//host/data.csv' } }],
    [VEGALITE, { layer: [{ data: values, mark: { type: 'image', url: 'https://host/p' } }] }],
    [VEGALITE, { data: values, mark: 'image', encoding: { url: { field: 'url' } } }],
    [VEGALITE, { transform: [{ lookup: 'a', from: { data: { url: '/x' } } }] }],
    [VEGALITE, 'https://host/spec.json'],
    [VEGA, { marks: [{ type: 'image', encode: { enter: { url: { value: '/x' } } } }] }],
    ['application/geo+json', {}],
    ['application/vnd.bokehjs_exec.v0+json', ''],
    ['application/vnd.unheardof+json', {}],
    ['application/pdf', ''],
    ['text/vnd.mermaid', 'graph']
  ])('%s %j', (mime, value) => {
    expect(isOffline(mime, value)).toBe(false);
  });
});

it('leaves out what sets up the viewer', () => {
  const spec = { mark: 'bar', usermeta: { embedOptions: { config: '/c' } } };
  expect(withoutSettings(VEGALITE, spec)).toEqual({ mark: 'bar' });
  const icon = { svg: '<svg><image href="//host/"/></svg>' };
  const shown = withoutSettings(
    PLOTLY,
    figure({ config: { scrollZoom: true, modeBarButtons: [icon] } })
  );
  expect(JSON.stringify(shown)).not.toContain('host');
});
