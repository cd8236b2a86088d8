/**
 * Which outputs can be drawn without a request: an allow list of formats, traces and keys.
 *
 * A renderer runs in the page, so no policy of a frame holds it back. Plotly fetches outlines, tiles
 * and background images, Vega data and pictures, other renderers whatever they like. Addresses may
 * be relative, and a template or a button may hold what the chart itself does not.
 */

/** Formats that Jupyter draws itself, from the content alone or through its sanitizer. */
const PLAIN =
  /^(text\/(plain|html|markdown|latex)|image\/(png|jpeg|gif|webp|bmp|svg\+xml)|application\/(json|vnd\.jupyter\.(stdout|stderr|error)))$/;
const VEGA = /^application\/vnd\.vega(lite)?\.v\d+(\.\d+)*\+json$/;
const PLOTLY = 'application/vnd.plotly.v1+json';

/** Plotly's traces that are drawn from their own numbers. */
const TRACES = new Set(
  `bar barpolar box candlestick carpet cone contour contourcarpet funnel funnelarea heatmap
  heatmapgl histogram histogram2d histogram2dcontour icicle indicator isosurface mesh3d ohlc parcats
  parcoords pie pointcloud sankey scatter scatter3d scattercarpet scattergl scatterpolar
  scatterpolargl scattersmith scatterternary splom streamtube sunburst surface table treemap violin
  volume waterfall`.split(/\s+/)
);

/** What a button of a chart may not say: it could make a trace fetch, or bring an image. */
const FETCHING = /choropleth|densitymap|scatter(geo|map)|^image$|images|source|\b(geo|map)/;

/** Settings of Plotly that change how a chart looks, and name nothing. */
const SETTINGS = ['displayModeBar', 'displaylogo', 'responsive', 'scrollZoom', 'staticPlot'];

type Json = Record<string, unknown>;

export function isVega(mime: string): boolean {
  return VEGA.test(mime);
}

/** Return whether an output can be drawn without a request. */
export function isOffline(mime: string, value: unknown): boolean {
  if (isVega(mime)) {
    // Rows of data may have a column of that name. The loader refuses whatever is overlooked.
    return (
      isObject(value) && !hasPart(withoutSettings(mime, value), isUrl, ['values', 'datasets'])
    );
  }
  return PLAIN.test(mime) || (mime === PLOTLY && isOfflineFigure(value));
}

/** Return the value without the settings of its viewer, which may name addresses. */
export function withoutSettings(mime: string, value: unknown): unknown {
  if (!isObject(value)) {
    return value;
  }
  const copy = { ...value };
  if (isVega(mime)) {
    delete copy.usermeta;
  } else if (mime === PLOTLY && isObject(copy.config)) {
    const { config } = copy;
    copy.config = Object.fromEntries(SETTINGS.map(name => [name, config[name]]));
  }
  return copy;
}

function isOfflineFigure(figure: unknown): boolean {
  return isOfflinePage(figure) && asList((figure as Json).frames).every(isOfflinePage);
}

function isOfflinePage(page: unknown): boolean {
  if (!isObject(page) || !isObject(page.layout ?? {})) {
    return false;
  }
  const { template, updatemenus, sliders, ...layout } = (page.layout ?? {}) as Json;
  const says = (part: unknown): boolean => hasPart(part, () => false, [], FETCHING);
  return (
    asList(page.data).every(isOfflineTrace) &&
    !Object.keys(layout).some(key => /^(geo|map|mapbox)(\d|\.|$)/.test(key)) &&
    ![layout, template, updatemenus, sliders].some(part => hasPart(part, isImages)) &&
    !says(updatemenus) &&
    !says(sliders)
  );
}

function isOfflineTrace(trace: unknown): boolean {
  return isObject(trace) && (trace.type === undefined || TRACES.has(String(trace.type)));
}

function isUrl(key: string): boolean {
  return /^(url|src)$/i.test(key);
}

function isImages(key: string, value: unknown): boolean {
  const isEmpty = value === null || (Array.isArray(value) && !value.length);
  return /^(images(\W.*)?|imagedefaults)$/.test(key) && !isEmpty;
}

/** Return whether a value holds such a key, or such a text, anywhere but below what is skipped. */
function hasPart(
  value: unknown,
  isKey: (key: string, part: unknown) => boolean,
  skipped: readonly string[] = [],
  text?: RegExp
): boolean {
  const left: unknown[] = [value];
  while (left.length) {
    const one = left.pop();
    if (typeof one === 'string' && text?.test(one)) {
      return true;
    }
    if (Array.isArray(one)) {
      for (const part of one) {
        left.push(part);
      }
    } else if (isObject(one)) {
      for (const [key, part] of Object.entries(one)) {
        if (isKey(key, part) || text?.test(key)) {
          return true;
        }
        if (!skipped.includes(key)) {
          left.push(part);
        }
      }
    }
  }
  return false;
}

function asList(value: unknown): unknown[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
