import { logging, type LoggingState } from '../../../lambda/adopt-account-settings/logging';
import { loggingProperties, ROLE } from './properties';

test('wants logging on, with role, level and events', () => {
  const properties = loggingProperties({
    Events: ['Connect=INFO', 'Publish-In=ERROR=/my/group'],
    ReplaceExisting: 'true',
  });
  expect(logging.parse(properties)).toEqual({
    ok: true,
    value: {
      wants: {
        enabled: 'true',
        roleArn: ROLE,
        defaultLogLevel: 'WARN',
        'event:Connect': 'INFO',
        'event:Publish-In': 'ERROR=/my/group',
      },
      replace: true,
    },
  });
});

test.each([
  ['a role', { RoleArn: '' }, 'RoleArn must be a text'],
  ['a level', { DefaultLogLevel: 'LOUD' }, 'DefaultLogLevel must be one of DISABLED, ERROR, WARN, INFO, DEBUG'],
  ['an event type', { Events: ['=INFO'] }, 'Events must be of the form type=level or type=level=group'],
  ['an event level', { Events: ['Connect'] }, 'Events must be of the form type=level or type=level=group'],
  ['an answer whether to replace', { ReplaceExisting: 'x' }, 'ReplaceExisting must be true or false'],
])('fails without %s', (_name, options, reason) => {
  expect(logging.parse(loggingProperties(options))).toEqual({ ok: false, reason });
});

const state: LoggingState = {
  roleArn: ROLE,
  defaultLogLevel: 'INFO',
  disableAllLogs: false,
  events: [{ eventType: 'Connect', logLevel: 'DEBUG', logDestination: 'group' }, { eventType: 'Publish-In' }],
};

test('reads what the account has', () => {
  expect(logging.flatten(state)).toEqual({
    enabled: 'true',
    roleArn: ROLE,
    defaultLogLevel: 'INFO',
    'event:Connect': 'DEBUG=group',
    'event:Publish-In': '',
  });
  expect(logging.flatten({ events: [] })).toEqual({});
  expect(logging.flatten({ disableAllLogs: true, events: [] })).toEqual({ enabled: 'false' });
});

const ON = { enabled: 'true', roleArn: 'theirs', defaultLogLevel: 'INFO', 'event:Connect': 'ERROR' };

test.each([
  ['logging is switched on', 'enabled', 'true', { enabled: 'false' }, false, 'true'],
  ['a role is set where there is none', 'roleArn', 'ours', {}, false, 'ours'],
  ['a role of others is kept', 'roleArn', 'ours', ON, false, 'theirs'],
  ['a role of others is replaced when asked', 'roleArn', 'ours', ON, true, 'ours'],
  ['a role that writes nothing is nobody’s', 'roleArn', 'ours', { ...ON, enabled: 'false' }, false, 'ours'],
  ['a level is raised', 'defaultLogLevel', 'DEBUG', ON, false, 'DEBUG'],
  ['a level is not lowered', 'defaultLogLevel', 'WARN', ON, false, 'INFO'],
  ['a level is lowered when asked', 'defaultLogLevel', 'WARN', ON, true, 'WARN'],
  ['a level that is the same stays', 'defaultLogLevel', 'INFO', ON, false, 'INFO'],
  ['an event of others is kept', 'event:Connect', 'DEBUG', ON, false, 'ERROR'],
  ['an event that nobody set is set', 'event:Publish-In', 'INFO', ON, false, 'INFO'],
])('%s', (_name, key, want, base, replace, expected) => {
  expect(logging.rule(key, want, base, replace)).toBe(expected);
});

test('there is one version, nothing waits, and the role goes by itself if not all can go', () => {
  expect(logging.version({ wants: {}, replace: false })).toBe('1');
  expect(logging.defer('enabled')).toBe(false);
  expect(['enabled', 'roleArn', 'defaultLogLevel', 'event:Connect'].map((key) => logging.group(key))).toEqual([
    'enabled',
    'roleArn',
    'enabled',
    'enabled',
  ]);
  expect(['enabled', 'roleArn'].filter((key) => logging.passesRole(key))).toEqual(['roleArn']);
});

describe('calls', () => {
  const call = { roleArn: ROLE, defaultLogLevel: 'DEBUG', disableAllLogs: false, events: undefined };

  test('go without the role of others where it may not be passed', () => {
    expect(logging.steps(state, { defaultLogLevel: 'DEBUG' }, 0)).toEqual({
      steps: [{ call, ifDenied: { ...call, roleArn: undefined } }],
      cannot: [],
    });
  });

  test('need a role that changes', () => {
    expect(logging.steps(state, { roleArn: 'other' }, 0).steps).toEqual([
      { call: { ...call, roleArn: 'other', defaultLogLevel: 'INFO' } },
    ]);
  });

  test('need no role to switch off', () => {
    expect(logging.steps(state, { enabled: null, roleArn: 'theirs' }, 0).steps).toEqual([
      {
        call: { ...call, roleArn: 'theirs', defaultLogLevel: 'INFO', disableAllLogs: true },
        ifDenied: { ...call, roleArn: undefined, defaultLogLevel: 'INFO', disableAllLogs: true },
      },
    ]);
  });

  test('name all events where one changes', () => {
    const [step] = logging.steps(state, { 'event:Connect': null, 'event:Disconnect': 'ERROR' }, 0).steps;
    expect(step?.call.events).toEqual([
      { eventType: 'Publish-In', logLevel: undefined, logDestination: undefined },
      { eventType: 'Disconnect', logLevel: 'ERROR', logDestination: undefined },
    ]);
  });
});
