import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';

/** Lowest first. A room imports from itself and from those before it. */
const ROOMS = [
  'shared',
  'diff',
  'server',
  'drawing',
  'live',
  'versions',
  'compare',
  'history',
  'project',
  'commit',
  'conflict',
  'panel',
  '.'
];

const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter(
  name => name.endsWith('.ts') && !name.endsWith('.test.ts')
);
const imports = new Map(files.map(file => [file, findImports(file)]));

function findImports(file: string): string[] {
  const text = readFileSync(join(__dirname, file), 'utf8');
  const found = [...text.matchAll(/(?:from|import\(|^import) ?'(\.[^']*)'/gm)];
  return found.map(([, path]) => `${normalize(join(dirname(file), path))}.ts`);
}

function findCircle(file: string, path: string[], done: Set<string>): string[] | null {
  if (path.includes(file)) {
    return [...path.slice(path.indexOf(file)), file];
  }
  if (done.has(file)) {
    return null;
  }
  done.add(file);
  for (const other of imports.get(file) ?? []) {
    const circle = findCircle(other, [...path, file], done);
    if (circle) {
      return circle;
    }
  }
  return null;
}

it('every file is in a room', () => {
  const odd = files.filter(file => !ROOMS.includes(dirname(file)));
  expect(odd).toEqual([]);
});

it('imports point down', () => {
  const level = (file: string): number => ROOMS.indexOf(dirname(file));
  const up = [...imports].flatMap(([file, others]) =>
    others.filter(other => level(other) > level(file)).map(other => `${file} → ${other}`)
  );
  expect(up).toEqual([]);
});

it('no files import each other in a circle', () => {
  const done = new Set<string>();
  expect(files.map(file => findCircle(file, [], done)).filter(Boolean)).toEqual([]);
});

it('every import is found', () => {
  expect([...imports.values()].flat().filter(file => !imports.has(file))).toEqual([]);
  expect(imports.get('index.ts')?.length).toBeGreaterThan(3);
});
