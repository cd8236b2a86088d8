import { describe, expect, it, vi } from 'vitest';

vi.mock('@jupyterlab/rendermime', () => ({}));
const { withoutRemote } = await import('./safe');

const HOST = 'https://host.example';

describe('what is left of HTML', () => {
  it.each([
    `<img src="${HOST}/p.png">`,
    `<img src="//host.example/p.png">`,
    `<img src="p.png" srcset="${HOST}/q.png 2x">`,
    `<img src=" \n${HOST}/p.png">`,
    `<img src="data:text/html,x">`,
    `<picture><source srcset="${HOST}/p.png"><img></picture>`,
    `<link rel="prefetch" href="${HOST}/">`,
    `<link rel="stylesheet" href="/files/x.css">`,
    `<style>@import "${HOST}/x.css"</style>`,
    `<p style="background: url(${HOST}/p)">x</p>`,
    `<p style="background: u\\72l(${HOST}/p)">x</p>`,
    `<p style="background: image-set('${HOST}/p' 1x)">x</p>`,
    `<p style="cursor: URL (x)">x</p>`,
    `<table background="${HOST}/p"><tr><td background="p.png">x</td></tr></table>`,
    `<body background="${HOST}/p">`,
    `<video src="${HOST}/v" poster="p.png"></video>`,
    `<audio src="a.mp3" autoplay></audio>`,
    `<object data="${HOST}/o"></object><embed src="e">`,
    `<iframe src="${HOST}"></iframe><iframe srcdoc="<img src=x>"></iframe>`,
    `<svg><image href="${HOST}/p"/><use xlink:href="x.svg#a"/></svg>`,
    `<a href="https://ok.example" ping="${HOST}/ping">x</a>`,
    `<a href="JAVASCRIPT:alert(1)">x</a>`,
    `<a href="java\nscript:alert(1)">x</a>`,
    `<a href="data:text/html,x">x</a>`,
    `<input type="IMAGE" src="${HOST}/p">`,
    `<form action="${HOST}"><button formaction="${HOST}">x</button></form>`,
    `<meta http-equiv="refresh" content="0;url=${HOST}">`,
    `<base href="${HOST}">`,
    `<p onclick="alert(1)" data-commandlinker-command="x">y</p>`,
    `<math href="${HOST}"><mi xlink:href="${HOST}">x</mi></math>`,
    `<div longdesc="${HOST}" cite="${HOST}" dynsrc="x" lowsrc="y">x</div>`
  ])('%s', html => {
    const page = new DOMParser().parseFromString(withoutRemote(html), 'text/html');
    for (const node of page.querySelectorAll('body *')) {
      for (const { name, value } of node.attributes) {
        const isText = ['alt', 'title'].includes(name);
        expect([name, isText ? '' : value]).not.toEqual([
          name,
          expect.stringMatching(/host\.example|script|^data:text|commandlinker|\.(png|mp3)/i)
        ]);
        expect(name).not.toMatch(/^on|^data-command|background|poster|srcset|ping|action/);
      }
    }
    expect(
      page.querySelectorAll('style, link, svg, math, iframe, video, audio, input[type=image]')
    ).toHaveLength(0);
  });

  it('keeps what needs no request', () => {
    const html =
      '<table class="dataframe" border="1"><tbody><tr><th scope="row" colspan="2">a</th></tr></tbody></table>' +
      '<img src="data:image/png;base64,AAAA" alt="p" width="3"><a href="https://ok.example">x</a>' +
      '<p style="color: red; text-align: right">y</p>';
    expect(withoutRemote(html)).toBe(html);
  });

  it('names the image that is not loaded', () => {
    expect(withoutRemote('<img src="p.png" alt="plot">')).toContain('alt="[plot: p.png]"');
  });
});
