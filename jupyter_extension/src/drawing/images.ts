/** Two images of one size: side by side, under a slider, overlaid, or subtracted. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { createButton, formatBytes, h } from '../shared/dom';

export interface IImage {
  url: string;
  mime: string;
}

type Mode = 'pair' | 'swipe' | 'overlay' | 'difference';

/** The smallest width of an image in pixels. */
const SMALLEST = 200;

export function drawImage(image: IImage, label: string, trans: TranslationBundle): HTMLElement {
  const node = createImage(image, label);
  const figure = h('figure', { class: 'nbvc-Image' }, node);
  void waitForImage(node).then(() => {
    resizeImages([node], figure.clientWidth - 16);
    figure.append(drawCaption(node, image, trans));
  });
  return figure;
}

export function drawImagePair(
  before: IImage,
  after: IImage,
  trans: TranslationBundle
): HTMLElement {
  const a = createImage(before, trans.__('Image before'));
  const b = createImage(after, trans.__('Image after'));
  const stage = h('div', { class: 'nbvc-Images-stage' });
  const sideA = h('figure', { class: 'nbvc-Image nbvc-mod-before' }, a);
  const sideB = h('figure', { class: 'nbvc-Image nbvc-mod-after' }, b);
  stage.append(sideA, sideB);
  const slider = h('input', {
    type: 'range',
    min: 0,
    max: 100,
    value: 50,
    class: 'nbvc-Images-slider',
    'aria-label': trans.__('Before or after')
  });
  const node = h('div', { class: 'nbvc-Images', 'data-nbvc-mode': 'pair' });
  const slide = (): void => node.style.setProperty('--nbvc-slide', `${slider.value}%`);
  slider.addEventListener('input', slide);
  slide();
  const labels: [Mode, string][] = [
    ['pair', trans.__('Side by side')],
    ['swipe', trans.__('Swipe')],
    ['overlay', trans.__('Overlay')],
    ['difference', trans.__('Difference')]
  ];
  const fit = (): void => {
    const mode = node.dataset.nbvcMode as Mode;
    const width = mode === 'pair' ? stage.clientWidth / 2 : stage.clientWidth;
    resizeImages([a, b], width - 24, mode !== 'pair');
  };
  const bar = h('div', {
    class: 'nbvc-Images-bar',
    role: 'group',
    'aria-label': trans.__('How to compare the images')
  });
  for (const [mode, label] of labels) {
    const choice = createButton(label, 'nbvc-Images-mode', () => {
      node.dataset.nbvcMode = mode;
      for (const other of bar.querySelectorAll('button')) {
        other.setAttribute('aria-pressed', String(other === choice));
      }
      fit();
    });
    choice.setAttribute('aria-pressed', String(mode === 'pair'));
    bar.append(choice);
  }
  node.append(bar, stage, slider);
  void Promise.all([waitForImage(a), waitForImage(b)]).then(() => {
    fit();
    sideA.append(drawCaption(a, before, trans));
    sideB.append(drawCaption(b, after, trans));
  });
  return node;
}

function createImage(image: IImage, label: string): HTMLImageElement {
  return h('img', { src: image.url, alt: label, class: 'nbvc-Image-img', draggable: 'false' });
}

function waitForImage(image: HTMLImageElement): Promise<void> {
  return image.decode().catch(() => {
    image.classList.add('nbvc-mod-broken');
  });
}

/** Give images one size: the largest of them, within the room that there is. */
function resizeImages(images: readonly HTMLImageElement[], room: number, exact = false): void {
  const widest = Math.max(...images.map(image => image.naturalWidth || SMALLEST));
  const width = Math.max(SMALLEST, Math.min(widest, room > SMALLEST ? room : SMALLEST));
  const ratio = Math.max(
    ...images.map(image => (image.naturalHeight || 1) / (image.naturalWidth || 1))
  );
  for (const image of images) {
    image.style.width = `${Math.round(width)}px`;
    image.style.height = exact || images.length > 1 ? `${Math.round(width * ratio)}px` : 'auto';
    image.classList.toggle('nbvc-mod-enlarged', widest < SMALLEST);
  }
}

function drawCaption(
  node: HTMLImageElement,
  image: IImage,
  trans: TranslationBundle
): HTMLElement {
  const weight = formatBytes(
    Math.round(image.url.length * (image.url.includes('base64') ? 0.75 : 1))
  );
  const text = node.naturalWidth
    ? `${node.naturalWidth} × ${node.naturalHeight} px, ${weight}`
    : trans.__('This image can’t be drawn (%1).', image.mime);
  return h('figcaption', {}, text);
}
