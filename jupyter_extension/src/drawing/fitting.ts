/** Charts that are wider than their column are scaled to it, whatever draws them. */

/** Return the scale at which something fits into a width; never larger than it is. */
export function findScale(width: number, room: number): number {
  return width > room && room > 0 ? room / width : 1;
}

/** Scale what is drawn in a node to the width of its host, now and when either changes. */
export function fitWidth(host: HTMLElement, node: HTMLElement): { dispose(): void } {
  const fit = (): void => {
    node.style.cssText = '';
    const room = node.clientWidth;
    const scale = findScale(node.scrollWidth, room);
    if (scale < 1) {
      const [width, height] = [node.scrollWidth, node.scrollHeight];
      Object.assign(node.style, {
        width: `${width}px`,
        minWidth: `${width}px`,
        boxSizing: 'border-box',
        overflow: 'hidden',
        transform: `scale(${scale})`,
        transformOrigin: '0 0',
        marginRight: `${room - width}px`,
        marginBottom: `${Math.round(height * (scale - 1))}px`
      });
    }
  };
  let [width, count] = [0, 0];
  const resized = new ResizeObserver(() => {
    if (host.clientWidth !== width) {
      width = host.clientWidth;
      fit();
    }
  });
  // A chart comes some time after its renderer says that it is drawn.
  const drawn = new MutationObserver(() => {
    const now = node.getElementsByTagName('*').length;
    if (now !== count) {
      count = now;
      fit();
    }
  });
  resized.observe(host);
  drawn.observe(node, { childList: true, subtree: true });
  fit();
  return {
    dispose: () => {
      resized.disconnect();
      drawn.disconnect();
    }
  };
}
