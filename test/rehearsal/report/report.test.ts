import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { NewEvent, RehearsalEvent } from '../../../rehearsal/ports';
import { htmlReport } from '../../../rehearsal/report/html';
import type { RunRecord } from '../../../rehearsal/report/record';
import { clockOf, isTelling, lineOf, timeline } from '../../../rehearsal/report/timeline';

const HOSTILE =
  '</script><script>document.title="hacked"</script><img src=x onerror="document.title=1">\u2028\u001b[2J';
const device = { kind: 'device' as const, name: `pump-${HOSTILE}` };
const broker = { kind: 'broker' as const, name: 'broker' };

function record(...events: NewEvent[]): RunRecord {
  const numbered = events.map((event, seq) => ({ ...event, seq, at: seq * 1_000 }) as RehearsalEvent);
  return {
    tool: { name: 'zero-trust-iot', version: '1.2.3' },
    assembly: `cdk.out ${HOSTILE}`,
    seed: HOSTILE,
    green: false,
    tookMs: 1_500,
    stories: [
      {
        title: `A story ${HOSTILE}`,
        file: 'story.yaml',
        green: false,
        reasons: [HOSTILE],
        steps: [
          { text: HOSTILE, line: 4, outcome: 'met' },
          { text: 'pump is isolated', line: 5, outcome: 'failed', reason: HOSTILE },
          { text: 'pump connects', line: 6, outcome: 'not reached' },
        ],
        events: numbered,
        gaps: [{ subject: 'AWS::X::Y', where: HOSTILE, meaning: 'nothing is there' }],
      },
    ],
  };
}

const DENIED: NewEvent = {
  kind: 'decision',
  who: device,
  toWhom: broker,
  what: `denied: iot:Publish on topic/${HOSTILE}`,
  clientId: HOSTILE,
  decision: {
    action: 'iot:Publish',
    resource: HOSTILE,
    allowed: false,
    because: [{ policyName: 'p', statementIndex: 0, effect: 'Deny', label: `Deny in Statement[0] ${HOSTILE}` }],
  },
};
const STEP: NewEvent = { kind: 'step', who: broker, what: HOSTILE, outcome: 'begun' };

describe('the page', () => {
  const page = htmlReport(record(STEP, DENIED));

  test('loads nothing, and lets nothing run but its own script', () => {
    const [, policy = ''] = /Content-Security-Policy" content="([^"]+)"/.exec(page) ?? [];
    const hash = (tag: string) => {
      const [, text = ''] = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(page) ?? [];
      return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    };
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src ${hash('script')}`);
    expect(policy).toContain(`style-src ${hash('style')}`);
    expect(policy).not.toContain('unsafe');
    expect(page).not.toMatch(/https?:\/\//);
  });

  test('holds what was said as data that cannot end its element', () => {
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page).not.toContain('<img');
    const [, json = ''] = /<script type="application\/json" id="record">([^<]*)<\/script>/.exec(page) ?? [];
    expect(JSON.parse(json)).toMatchObject({ stories: [{ title: `A story ${HOSTILE}`, reasons: [HOSTILE] }] });
  });
});

const BROWSER = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

/** Skipped where Chromium is not installed: Node.js and npm are enough for the other tests. */
const withBrowser = BROWSER === undefined ? test.skip : test;

withBrowser('a browser draws it, and hostile names stay text', () => {
  const folder = mkdtempSync(join(tmpdir(), 'report-'));
  try {
    const file = join(folder, 'report.html');
    writeFileSync(file, htmlReport(record(STEP, DENIED)));
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${folder}`, '--dump-dom'];
    const drawn = execFileSync(BROWSER as string, [...flags, pathToFileURL(file).href], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(drawn).toContain('<title>Rehearsal: red</title>');
    expect(drawn).toContain('not reached');
    expect(drawn.match(/<details class="event is-bad"/g)).toHaveLength(1);
    expect(drawn).not.toMatch(/<img/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('the timeline', () => {
  test('tells steps, denials and the reasons for red, with nothing that moves a cursor', () => {
    const met: NewEvent = { kind: 'step', who: broker, what: 'pump connects', outcome: 'met' };
    const failed: NewEvent = {
      kind: 'step',
      who: broker,
      what: 'pump is isolated',
      outcome: 'failed',
      reason: 'it is not',
    };
    const text = timeline(record(STEP, DENIED, met, failed));
    expect(text).toContain('  ok pump connects\n  NO pump is isolated: it is not\n  - pump connects\n\nred:\n');
    expect(text).toContain('00:00:01  denied: iot:Publish');
    expect(text).not.toContain('\u001b');
  });

  test('leaves out what is as it should be', () => {
    const who = broker;
    const quiet: NewEvent[] = [
      { ...DENIED, decision: { ...(DENIED as { decision: { action: string } }).decision, allowed: true } } as NewEvent,
      { kind: 'call', who, what: 'x', service: 'iot', operation: 'X', outcome: 'ok' },
      { kind: 'deploy', who, what: 'x', stack: 's', logicalId: 'l', resourceType: 't', outcome: 'created' },
      { kind: 'gap', who, what: 'x', subject: 's', meaning: 'm', onPath: false },
      { kind: 'message', who, what: 'x', direction: 'in', topic: 't', bytes: 1 },
    ];
    expect(record(...quiet).stories[0]!.events.filter(isTelling)).toEqual([]);
    const fault: NewEvent = { kind: 'fault', who, what: 'a call failed', code: 'AccessDenied', detail: 'iot:X' };
    expect(timeline(record(fault))).toContain('deployed 0 resources\n');
    expect(lineOf(record(fault).stories[0]!.events[0]!, 0)).toBe('00:00:00  a call failed - iot:X');
  });

  test('tells virtual time', () => {
    expect([0, 61_000, 3_600_000 * 30].map(clockOf)).toEqual(['00:00:00', '00:01:01', '30:00:00']);
  });
});
