import { Duration, Lazy } from 'aws-cdk-lib';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { RESPONSES, SEVERITIES as KNOWN_SEVERITIES, SIGNAL_KINDS } from '../../lambda/shared/incident/contract';
import { Severity } from '../../lib/detection';
import { BlastRadius } from '../../lib/mitigation/blast-radius';
import { Playbook, type ResponseRule } from '../../lib/mitigation/playbook';
import { Response, SignalKind } from '../../lib/mitigation/terms';
import { testStack } from '../support/app';

const HOUR = Duration.hours(1);

test('the enums are the words that the handlers know', () => {
  expect(Object.values(Response)).toEqual(RESPONSES);
  expect(Object.values(SignalKind).sort()).toEqual([...SIGNAL_KINDS].sort());
  expect(Object.values(Severity)).toEqual(KNOWN_SEVERITIES);
});

describe('the standard playbook', () => {
  test('reads aloud', () => {
    expect(Playbook.standard().describe()).toEqual([
      'A signal of kind identity of severity HIGH or worse: isolate the device and switch off its certificates.',
      'A signal of kind behavior or anomaly or finding or report of severity HIGH or worse: isolate the device.',
      'Any signal of severity MEDIUM or worse: tell people.',
      'Any other signal: write it down.',
      'At most 50 devices are isolated without a person in any 600 seconds; the rest are held.',
    ]);
  });

  test('takes options', () => {
    const stack = testStack();
    const playbook = Playbook.standard({
      dryRun: true,
      blastRadius: BlastRadius.percent(5, HOUR),
      protectedGroups: [new CfnThingGroup(stack, 'Vital', { thingGroupName: 'vital' })],
    });
    expect(playbook.describe()).toEqual(
      expect.arrayContaining([
        'Dry run: what follows is decided and recorded, and not done.',
        'Devices in one of 1 protected groups wait for a person.',
        'At most 10 devices or 5 % of the fleet, whichever is more, are isolated without a person in any 3600 seconds; the rest are held.',
      ]),
    );
    expect(stack.resolve(playbook._render())).toMatchObject({
      dryRun: true,
      protectedGroups: [{ Ref: 'Vital' }],
      blastRadius: { devices: 10, percent: 5, seconds: 3600 },
    });
  });
});

describe('rules', () => {
  const rule: ResponseRule = { atLeast: Severity.HIGH, response: Response.RETIRE };
  const of = (...rules: ResponseRule[]) => new Playbook({ rules });

  test('are rendered as they are, in their order', () => {
    const rules = [{ kinds: [SignalKind.IDENTITY], atLeast: Severity.LOW, response: Response.OBSERVE }, rule];
    const playbook = new Playbook({ rules, blastRadius: BlastRadius.unbounded() });
    expect(playbook._render()).toEqual({ rules, protectedGroups: [], dryRun: false, blastRadius: undefined });
    expect(playbook.describe()).toEqual([
      'A signal of kind identity of severity LOW or worse: write it down.',
      'Any signal of severity HIGH or worse: isolate the device and revoke its certificates for good.',
      'Any other signal: write it down.',
      'Any number of devices may be isolated without a person.',
    ]);
  });

  test.each([
    ['no rule', [], 'PlaybookRulesInvalid'],
    ['21 rules', Array.from({ length: 21 }, () => rule), 'PlaybookRulesInvalid'],
    ['an unknown severity', [{ ...rule, atLeast: 'high' }], 'PlaybookRulesInvalid'],
    ['an unknown response', [{ ...rule, response: 'explode' }], 'PlaybookRulesInvalid'],
    ['an unknown kind', [{ ...rule, kinds: ['weather'] }], 'PlaybookRulesInvalid'],
    ['no kinds', [{ ...rule, kinds: [] }], 'PlaybookRulesInvalid'],
  ])('fails for %s', (_name, rules, code) => {
    expect(() => of(...(rules as ResponseRule[]))).toThrow(code);
  });

  test('says when an isolation ends, where it does', () => {
    const playbook = new Playbook({ rules: [rule], isolationTimeToLive: Duration.days(2) });
    expect(playbook._render().isolationSeconds).toBe(172_800);
    expect(playbook.describe().at(-1)).toBe(
      'A device that was only isolated, and raises no alarm for 172800 seconds, is released.',
    );
    const unknown = Duration.seconds(Lazy.number({ produce: () => 7_200 }));
    expect(() => new Playbook({ rules: [rule], isolationTimeToLive: unknown })).not.toThrow();
  });

  test.each([Duration.minutes(59), Duration.seconds(3_600.5), Duration.days(366)])(
    'fails for an isolation of %s',
    (isolationTimeToLive) => {
      expect(() => new Playbook({ rules: [rule], isolationTimeToLive })).toThrow(
        /'isolationTimeToLive' must be 1 hour to 365 days.*IsolationTimeInvalid/,
      );
    },
  );

  test('fails for a dry run that is neither true nor false', () => {
    expect(() => new Playbook({ rules: [rule], dryRun: 'no' as unknown as boolean })).toThrow(
      "'dryRun' must be true or false",
    );
  });

  test.each<[string, ResponseRule, ResponseRule, boolean]>([
    ['all kinds before all kinds', rule, rule, false],
    ['all kinds before one', rule, { ...rule, kinds: [SignalKind.FINDING] }, false],
    ['one kind before all', { ...rule, kinds: [SignalKind.FINDING] }, rule, true],
    ['severe before mild', rule, { ...rule, atLeast: Severity.LOW }, true],
    ['mild before severe', { ...rule, atLeast: Severity.LOW }, rule, false],
    ['another kind', { ...rule, kinds: [SignalKind.FINDING] }, { ...rule, kinds: [SignalKind.ANOMALY] }, true],
  ])('%s can be reached: %s', (_name, first, second, reachable) => {
    const make = () => of(first, second);
    if (reachable) expect(make).not.toThrow();
    else expect(make).toThrow(/'rules\[1\]' can never decide: 'rules\[0\]' matches .*PlaybookRuleUnreachable/);
  });

  test('rules that match all of a later one together leave it nothing to decide', () => {
    const [first, ...others] = Object.values(SignalKind);
    const one = { ...rule, kinds: [first!] };
    const rest = { ...rule, kinds: others };
    expect(() => of(one, rest, rule)).toThrow(
      /'rules\[2\]' can never decide: 'rules\[0\]' and 'rules\[1\]' together match all .*PlaybookRuleUnreachable/,
    );
    expect(() => of(one, rest, { ...rule, atLeast: Severity.LOW })).not.toThrow();
    expect(() => of(one, { ...rule, kinds: others.slice(1) }, rule)).not.toThrow();
    expect(() => of(rest, one, { ...rule, kinds: [others[0]!, first!] })).toThrow(
      /'rules\[0\]' and 'rules\[1\]' together/,
    );
  });
});

describe('a blast radius', () => {
  test('is a number of devices, a part of the fleet, or none', () => {
    expect(BlastRadius.devices(1, Duration.minutes(1))._render()).toEqual({ devices: 1, seconds: 60 });
    expect(BlastRadius.percent(0.1, Duration.days(7), { minimum: 1_000_000 })._render()).toEqual({
      devices: 1_000_000,
      percent: 0.1,
      seconds: 604_800,
    });
    expect(BlastRadius.percent(100, HOUR)._render()).toEqual({ devices: 10, percent: 100, seconds: 3_600 });
    expect(BlastRadius.unbounded()._render()).toBeUndefined();
  });

  test.each([0, -1, 1.5, Number.NaN, Infinity, 1_000_001])('fails for %d devices', (count) => {
    expect(() => BlastRadius.devices(count, HOUR)).toThrow('BlastRadiusInvalid');
    expect(() => BlastRadius.percent(1, HOUR, { minimum: count })).toThrow('BlastRadiusInvalid');
  });

  test.each([0, -1, 100.1, Number.NaN])('fails for %d percent', (percent) => {
    expect(() => BlastRadius.percent(percent, HOUR)).toThrow(/'percent' must be .*BlastRadiusInvalid/);
  });

  test.each([Duration.seconds(59), Duration.seconds(60.5), Duration.days(8)])('fails for a window of %s', (window) => {
    expect(() => BlastRadius.devices(1, window)).toThrow(/'window' must be .*BlastRadiusInvalid/);
  });

  test('fails for all that is wrong at once', () => {
    expect(() => BlastRadius.percent(0, Duration.seconds(1), { minimum: 0 })).toThrow(
      /whole number of devices from 1.*more than 0.*from 1 minute/,
    );
  });

  test('takes tokens', () => {
    const number = Lazy.number({ produce: () => 7 });
    expect(() => BlastRadius.percent(number, Duration.seconds(number), { minimum: number })).not.toThrow();
  });
});
