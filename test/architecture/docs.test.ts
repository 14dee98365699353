import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { main } from '../../bin/cli/main';
import { readStory } from '../../rehearsal/scenarios/story';
import { ROOT } from '../support/sources';

/** All that is written for people: whoever follows it must find what it names. */
const PAGES = ['README.md', 'CHANGELOG.md', ...markdownBelow('docs'), ...markdownBelow('examples')];
const COMMANDS = [...usageOf('').matchAll(/^zero-trust-iot ([a-z]+)/gm)].map(([, name = '']) => name);

function markdownBelow(folder: string): string[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.md')).map((name) => join(folder, name));
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** What --help prints of a command, or of all. */
function usageOf(command: string): string {
  let usage = '';
  const out = (text: string): void => void (usage += text);
  void main(command === '' ? ['--help'] : [command, '--help'], { out, err: out, today: '2026-01-01', version: '0' });
  return usage;
}

/** What stands in code: blocks and spans. A `|` outside of them is a table's. */
function codeOf(text: string): string[] {
  const blocks = [...text.matchAll(/^ *```\w*\n([^]*?)^ *```/gm)].map((match) => match[1] ?? '');
  const spans = [...text.replace(/^ *```[^]*?^ *```/gm, '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
  return [...blocks.flatMap((block) => block.replace(/\\\n/g, ' ').split('\n')), ...spans].map((code) =>
    code.replace(/\s+/g, ' '),
  );
}

const found = PAGES.flatMap((page) => codeOf(read(page)).map((code) => ({ page, code })));

/** Every place where a pattern is found in code, as the words of its groups. */
function every(pattern: RegExp): { page: string; words: string[] }[] {
  return found.flatMap(({ page, code }) =>
    [...code.matchAll(pattern)].map((match) => ({ page, words: match.slice(1).map((word) => word ?? '') })),
  );
}

test('every npm script that is named exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = every(/npm (?:run (?:--silent )?([\w:-]+)|(start|test)\b)/g);
  expect(named.length).toBeGreaterThan(20);
  const missing = named.filter(({ words }) => scripts[words.join('')] === undefined);
  expect(missing).toEqual([]);
});

test('the commands are those of the help', () => {
  expect(COMMANDS).toEqual(expect.arrayContaining(['check', 'can', 'rehearse']));
});

test('every command and option of zero-trust-iot that is named exists', () => {
  const named = every(/(?:^|npx |\$ |[(;&] ?)zero-trust-iot ([a-z]+)([^;&>#`]*)/g);
  expect(named.length).toBeGreaterThan(20);
  const wrong = named.flatMap(({ page, words: [command = '', rest = ''] }) => {
    if (!COMMANDS.includes(command)) return [`${page}: ${command} is no command`];
    const usage = usageOf(command);
    const options = [...rest.matchAll(/--[a-z][\w-]*/g)].map(([option]) => option);
    return options.filter((option) => !usage.includes(option)).map((option) => `${page}: ${command} has no ${option}`);
  });
  expect(wrong).toEqual([]);
});

test('every option that usage tells of is read', async () => {
  for (const name of COMMANDS) {
    for (const [option] of usageOf(name).matchAll(/--[a-z][\w-]*/g)) {
      let said = '';
      const err = (text: string): void => void (said += text);
      await main([name, option], { out: () => undefined, err, today: '2026-01-01', version: '0' });
      expect(said).not.toContain('Unknown option');
    }
  }
});

test('every file that a command names exists, and every link leads somewhere', () => {
  const scripts = every(/(?:node|tsx) ((?:scripts|bench|test|bin|examples)\/[\w./-]+)/g).map(
    ({ words: [file = ''] }) => file,
  );
  const links = PAGES.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, to = '']) =>
      join(dirname(page), to),
    ),
  );
  expect(links.length).toBeGreaterThan(40);
  expect([...scripts, ...links].filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

test('every link to a heading finds it', () => {
  const slug = (heading: string): string =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
  const lost = PAGES.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)].flatMap(([, to = '', anchor = '']) => {
      const target = to === '' ? page : join(dirname(page), to);
      const headings = [...read(target).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => slug(heading));
      return headings.includes(anchor) ? [] : [`${page}: ${to}#${anchor}`];
    }),
  );
  expect(lost).toEqual([]);
});

test('every block of JSON can be read', () => {
  const blocks = PAGES.flatMap((page) =>
    [...read(page).matchAll(/^```json\n([^]*?)^```/gm)].map(([, text = '']) => text),
  );
  expect(blocks.length).toBeGreaterThan(40);
  for (const block of blocks) expect(() => JSON.parse(block) as unknown).not.toThrow();
});

test('every block of YAML is a story that can be told', () => {
  const blocks = PAGES.flatMap((page) =>
    [...read(page).matchAll(/^```yaml\n([^]*?)^```/gm)].map(([, text = '']) => ({ page, text })),
  );
  expect(blocks.length).toBeGreaterThan(0);
  for (const { page, text } of blocks) expect(readStory(text, page).title).not.toBe('');
});
