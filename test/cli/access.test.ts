import { ACCESS_USAGE } from '../../bin/cli/access';
import { grouped, policyOf } from '../compliance/access/support';
import { allow, CONNECT, deny, type Statement, THING } from '../compliance/support/policies';
import { OPEN } from '../compliance/support/resources';
import { folderOf, run } from './support';

const OWN = allow('iot:Publish', `topic/cmd/${THING}/reboot`);
const BROAD = allow('iot:Publish', 'topic/cmd/*/reboot');
const folder = (...statements: Statement[]): string =>
  folderOf({ 'template.json': { Resources: grouped([CONNECT, ...statements]) } });

describe('who may do what', () => {
  test('for a person', () => {
    const { exit, out } = run('access', folder(OWN, deny('iot:Publish', `topic/cmd/${THING}/x`)));
    expect(exit).toBe(0);
    expect(out).toMatch(
      /^Every member of Pumps\n {2}by PumpsPolicy on thing group Pumps\n {2}Connect as +\$\{iot:Connection\.Thing\.ThingName\}\n {2}Publish to +cmd\/.*\n {2}Last will on +what it may publish to\n\nUnder another client id, every member of Pumps\n {2}Nothing: no policy hangs on the certificate/,
    );
    expect(out).toContain('\nAssumed:\n');
  });

  test('as Markdown and as JSON', () => {
    const path = folder(BROAD);
    expect(run('access', path, '--format', 'markdown').out).toContain(
      '## Every member of Pumps\n\nBy `PumpsPolicy` on thing group Pumps.\n\n| may | names | whose | only |\n| --- | --- | --- | --- |\n| Connect as | `${iot:Connection.Thing.ThingName}` | its own |  |\n| Publish to | `cmd/*/reboot` | also of other things |  |\n',
    );
    const matrix = JSON.parse(run('access', path, '--json').out) as { version: number; identities: { id: string }[] };
    expect(matrix.version).toBe(1);
    expect(matrix.identities.map(({ id }) => id)).toEqual([
      'member of Pumps',
      'member of Pumps, under another client id',
    ]);
  });

  test('what is open and what hangs on nothing', () => {
    const Free = policyOf([{ Effect: 'Allow', Action: 'iot:Publish', Resource: OPEN }], 'Free');
    const { out } = run('access', folderOf({ 'a.json': { Resources: { Free } } }));
    expect(out).toContain('\n  cannot be verified: Free: it depends on');
    expect(out).toContain('\nPolicies that hang on nothing here:\n  Free\n');
    expect(run('access', folderOf({ 'a.json': { Resources: { T: { Type: 'AWS::SNS::Topic' } } } })).out).toMatch(
      /^Nobody: /,
    );
  });
});

describe('what changed', () => {
  test('exit code 1 where somebody may do more', () => {
    const { exit, out } = run('access', folder(BROAD), '--against', folder(OWN));
    expect(exit).toBe(1);
    expect(out).toBe(
      `widens: every member of Pumps may now publish to cmd/*/reboot, also what belongs to other things, such as cmd/another-thing/reboot\n  by Allow in Statement[1] of policy PumpsPolicy\n  before: cmd/${THING}/reboot\n1 widening, 0 narrowings\n`,
    );
  });

  test('exit code 0 where nobody may', () => {
    expect(run('access', folder(OWN), '--against', folder(OWN))).toEqual({
      exit: 0,
      out: 'nobody may do more or less than before\n',
      err: '',
    });
    const { exit, out } = run('access', folder(OWN), '--against', folder(BROAD), '--format', 'markdown');
    expect(exit).toBe(0);
    expect(out).toContain(
      '0 widenings, 1 narrowing.\n\n### Narrows\n\n- Every member of Pumps may publish to less of cmd',
    );
    expect(out).toContain(`  - left: \`cmd/${THING}/reboot\`\n`);
  });

  test('exit code 2 where it cannot be told', () => {
    const { exit, out } = run(
      'access',
      folder(OWN, { Effect: 'Allow', Action: 'iot:Publish', Resource: OPEN }),
      '--against',
      folder(OWN),
    );
    expect(exit).toBe(2);
    expect(out).toMatch(/^cannot be told: .*\n.*1 point that cannot be told\n$/);
  });

  test('as JSON, with the sentence', () => {
    const { exit, out } = run('access', folder(BROAD), '--against', folder(OWN), '--json');
    expect(exit).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      widens: [{ who: 'member of Pumps', action: 'publish', belongs: 'others' }],
    });
  });
});

describe('what cannot be run', () => {
  test.each([[['access']], [['access', 'a', 'b']], [['access', 'x', '--format', 'pdf']]])(
    '%j shows the usage',
    (argv) => {
      const { exit, err } = run(...argv);
      expect(exit).toBe(2);
      expect(err).toContain(ACCESS_USAGE);
    },
  );

  test('a path that is not there, on either side', () => {
    expect(run('access', 'nowhere')).toMatchObject({ exit: 2, err: 'could not run: nowhere does not exist\n' });
    expect(run('access', folder(OWN), '--against', 'nowhere').exit).toBe(2);
  });

  test('names that would move the cursor or end a table', () => {
    const name = 'a|b`<script>\u001b[31m\u202e';
    const path = folderOf({
      't.json': { Resources: { P: policyOf([CONNECT, allow('iot:Publish', `topic/${name}`)], name) } },
    });
    for (const format of ['text', 'markdown']) {
      const { out } = run('access', path, '--format', format);
      expect(['\u001b', '\u202e'].filter((char) => out.includes(char))).toEqual([]);
      expect(out.split('\n').filter((line) => line.startsWith('| ') && line.split(/(?<!\\)\|/).length !== 6)).toEqual(
        [],
      );
    }
  });
});
