import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(__dirname, '../..');
const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const foldersIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(?:node_modules|dist|coverage|\..*)$/.test(entry.name))
    .map((entry) => entry.name)
    .sort();

const ROOMS = foldersIn('src');
type Arrows = ReadonlyMap<string, ReadonlySet<string>>;

/** Which room imports which, specs left out. */
function imports(): Arrows {
  return new Map(
    ROOMS.map((room) => {
      const files = readdirSync(join(ROOT, 'src', room), { recursive: true, encoding: 'utf8' });
      const code = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'));
      const others = code.flatMap((file) => roomsImportedBy(join('src', room, file)).filter((other) => other !== room));
      return [room, new Set(others)];
    }),
  );
}

function roomsImportedBy(file: string): string[] {
  return [...textOf(file).matchAll(/(?:from |import\()'(\.[^']*)'/g)]
    .map(([, path = '']) => relative(join(ROOT, 'src'), join(ROOT, dirname(file), path)).split('/')[0] ?? '')
    .filter((room) => ROOMS.includes(room));
}

/** All that is behind a room's arrows, the one arrow left out. */
function behind(arrows: Arrows, room: string, without: string): Set<string> {
  const seen = new Set<string>();
  const next = [...(arrows.get(room) ?? [])].filter((other) => other !== without);
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    next.push(...(arrows.get(at) ?? []));
  }
  return seen;
}

/** What a drawing needs: an arrow that others lead to as well says nothing. */
function fewest(arrows: Arrows): string[] {
  return [...arrows].flatMap(([room, others]) =>
    [...others].filter((other) => !behind(arrows, room, other).has(other)).map((other) => `${room} --> ${other}`),
  );
}

function drawn(): string[] {
  const drawing = textOf('docs/architecture.md').split('<!-- rooms -->')[1]?.split('```')[1] ?? '';
  return [...drawing.matchAll(/^ +(.+) --> (.+)$/gm)].flatMap(([, from = '', to = '']) =>
    from.split(' & ').flatMap((room) => to.split(' & ').map((other) => `${room} --> ${other}`)),
  );
}

describe('the map', () => {
  it('draws the arrows between rooms that there are, and no others', () => {
    expect(drawn().sort()).toEqual(fewest(imports()).sort());
  });

  it('has every room of src/, and every folder of the repository', () => {
    const map = textOf('README.md').split('## Find your way')[1]?.split(/^## /m)[0] ?? '';
    const cells = [...map.matchAll(/^\| (`[^|]+`) +\|/gm)].flatMap(([, cell = '']) => cell.split(', '));
    const shown = cells.map((cell) => cell.slice(1, -2));
    expect(shown.sort()).toEqual([...foldersIn(''), ...ROOMS.map((room) => `src/${room}`)].sort());
  });
});
