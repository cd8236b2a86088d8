// Write the part of a timeline's page that these modules share: nbvc/render/timeline/alike.js.
import { writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath, URL } from 'node:url';
import { build } from 'vite';

const here = path => fileURLToPath(new URL(path, import.meta.url));
export const target = here('../nbvc/render/timeline/alike.js');

/** Return the script: plain ASCII, so that no character in it is unseen. */
export async function bundlePage() {
  const [{ output }] = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      lib: { entry: here('src/shared/page.ts'), formats: ['iife'], name: 'nbvcAlike' }
    }
  });
  const head =
    '// Written by `npm run build:page` in jupyter_extension, from src/shared/page.ts.\n';
  const escape = sign => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const code = output[0].code.replace(/^\t+/gm, tabs => '  '.repeat(tabs.length));
  return head + code.replace(/[^\n\x20-\x7e]/g, escape);
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(target, await bundlePage());
}
