import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

const ROOT = join(__dirname, '../..');
/** What is not the project's own text: packages, what is built, data. */
const NOT_OURS = /^(?:node_modules|dist|coverage|\..*)$/;

/** Files of the repository, by their paths in it. */
function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.test(entry.name) ? [] : filesIn(path);
    return entry.isFile() ? [path] : [];
  });
}

const FILES = filesIn('');
const PAGES = FILES.filter((file) => file.endsWith('.md'));
const CODE = FILES.filter(
  (file) => /\.(?:[cm]?[jt]s|html|yml)$/.test(file) || /(?:^|\/)(?:Dockerfile|\.env\.example)$/.test(file),
);
const DECISIONS = readdirSync(join(ROOT, 'docs/decisions')).filter((file) => /^\d/.test(file));

const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

describe('docs/decisions', () => {
  it('are numbered from 1 without a gap', () => {
    const expected = DECISIONS.map((_, index) => String(index + 1).padStart(4, '0'));
    expect(DECISIONS.map((file) => file.slice(0, 4)).sort()).toEqual(expected);
  });

  it.each(DECISIONS)('%s says its number, and is in the index under its title', (file) => {
    const [, number, title] = /^# (\d+)\. (.+)\n/.exec(textOf(`docs/decisions/${file}`)) ?? [];
    expect(number).toBe(String(Number(file.slice(0, 4))));
    expect(textOf('docs/decisions/README.md')).toMatch(`\n${number}. [${title}](${file}): `);
  });

  it('are cited by numbers that exist', () => {
    const cited = [...PAGES, ...CODE].flatMap((file) =>
      [...textOf(file).matchAll(/decisions\/(\d{4})|\b[Dd]ecision (\d+)\b/g)].map(([, padded, plain]) =>
        Number(padded ?? plain),
      ),
    );
    expect(cited.filter((number) => number < 1 || number > DECISIONS.length)).toEqual([]);
  });
});

/** As GitHub makes them of headings. */
function anchorsOf(page: string): Set<string> {
  const headings = withoutCode(page).matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function withoutCode(page: string): string {
  return textOf(page).replaceAll(/^```[^]*?^```/gm, '');
}

describe('links', () => {
  it.each(PAGES)('of %s lead somewhere', (page) => {
    const links = [...withoutCode(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const broken = links.filter((link) => {
      if (/^(?:https?|mailto):/.test(link)) return false;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(target).has(anchor);
    });
    expect(broken).toEqual([]);
  });
});

describe('docs name', () => {
  it.each(PAGES)('in %s only files that exist', (page) => {
    const folders = 'src|test|simulator|scripts|migrations|bench|demo|cli|client|docs';
    const files = [...withoutCode(page).matchAll(new RegExp(`\`((?:${folders})/[\\w./-]+)\``, 'g'))];
    const specs = [...withoutCode(page).matchAll(/`((?:architecture|contract|e2e|faults|fuzz|medium)\/[\w.-]+)`/g)];
    const named = [...files.map(([, path = '']) => path), ...specs.map(([, path]) => `test/${path}`)];
    const places = ['', dirname(page)];
    expect(named.filter((path) => !places.some((place) => existsSync(join(ROOT, place, path))))).toEqual([]);
  });
});

describe('code cites', () => {
  const cited = CODE.flatMap((file) =>
    [...textOf(file).matchAll(/\b(docs\/[\w/-]+)(\.md)?(?:, sections? ([\d.]*\d))?/g)].map(
      ([, page = '', ending, section]) => ({
        file,
        page,
        isPage: ending !== undefined,
        section,
      }),
    ),
  );

  it('only pages of docs/ that exist', () => {
    const pages = new Set(PAGES);
    const missing = cited.filter(({ page, isPage }) => isPage && !pages.has(`${page}.md`));
    expect(missing).toEqual([]);
  });

  it('only sections that their page has', () => {
    const missing = cited.filter(
      ({ page, section }) =>
        section !== undefined && !new RegExp(`^#+ ${section.replace('.', '\\.')}[. ]`, 'm').test(textOf(`${page}.md`)),
    );
    expect(missing).toEqual([]);
  });

  it('no section without its page', () => {
    const bare = CODE.filter((file) => file !== relative(ROOT, __filename)).flatMap((file) =>
      [...textOf(file).matchAll(/^.*(?<!\.md, )(?<!RFC \d+, )\bsections? \d.*$/gm)].map(
        ([line]) => `${basename(file)}: ${line.trim()}`,
      ),
    );
    expect(bare).toEqual([]);
  });
});
