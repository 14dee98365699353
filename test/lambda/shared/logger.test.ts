import { createLogger, errorFields, type Fields } from '../../../lambda/shared/logger';

function setUp() {
  const lines: string[] = [];
  const log = createLogger({ service: 'test', write: (line) => lines.push(line), now: () => Date.UTC(2026, 0, 2) });
  return { log, lines, last: () => JSON.parse(lines.at(-1)!) as Record<string, unknown> };
}

test.each(['info', 'warn', 'error'] as const)('%s is one JSON object a line', (level) => {
  const { log, lines, last } = setUp();
  log[level]('said', { thing: 'pump-7', tries: 2, again: true, missing: undefined });
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain('\n');
  expect(last()).toEqual({
    level: level.toUpperCase(),
    message: 'said',
    timestamp: '2026-01-02T00:00:00.000Z',
    service: 'test',
    thing: 'pump-7',
    tries: 2,
    again: true,
  });
});

test('a value cannot break out of its line', () => {
  const { log, lines } = setUp();
  log.info('said', { thing: 'a\n{"level":"ERROR"}\u2028' });
  expect(lines[0]!.split('\n')).toHaveLength(1);
});

test('a field cannot pass for the level, the service or the time', () => {
  const { log, last } = setUp();
  log.error('said', { level: 'INFO', message: 'nothing happened', service: 'other', timestamp: 'never' });
  expect(last()).toMatchObject({
    level: 'ERROR',
    message: 'said',
    service: 'test',
    timestamp: '2026-01-02T00:00:00.000Z',
  });
});

test('long text is cut', () => {
  const { log, last } = setUp();
  log.info('said', { fits: 'x'.repeat(512), long: 'x'.repeat(513) });
  expect(last()).toMatchObject({ fits: 'x'.repeat(512), long: `${'x'.repeat(512)}…` });
});

test('what is not a scalar stays out, whatever the types say', () => {
  const { log, last } = setUp();
  log.info('said', { payload: { secret: 'x' }, list: ['x'], big: 5n, nothing: null } as unknown as Fields);
  const omitted = '(omitted: not a scalar)';
  expect(last()).toMatchObject({ payload: omitted, list: omitted, big: omitted, nothing: omitted });
});

test.each(['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'])('a %s stays out', (kind) => {
  const { log, lines } = setUp();
  log.error('failed', { errorMessage: `bad input: -----BEGIN ${kind}-----\nMIIEsecret` });
  expect(lines[0]).not.toContain('MIIEsecret');
  expect(lines[0]).toContain('(omitted: a private key)');
});

test('count is a metric in embedded format', () => {
  const lines: string[] = [];
  const log = createLogger({
    service: 'test',
    namespace: 'Ns',
    dimensions: { Fleet: 'f' },
    write: (line) => lines.push(line),
    now: () => 7,
  });
  log.count('Refused', 3, { reason: 'unknown', Refused: 99, Service: 'other' });
  expect(JSON.parse(lines[0]!)).toMatchObject({
    level: 'INFO',
    message: 'Refused',
    reason: 'unknown',
    Refused: 3,
    Service: 'test',
    Fleet: 'f',
    _aws: {
      Timestamp: 7,
      CloudWatchMetrics: [
        { Namespace: 'Ns', Dimensions: [['Service', 'Fleet']], Metrics: [{ Name: 'Refused', Unit: 'Count' }] },
      ],
    },
  });
});

test('lines go to standard output as they are, with the real time', () => {
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    createLogger({ service: 'test' }).count('Said', 1);
    const line = write.mock.calls[0]![0] as string;
    expect(line.endsWith('}\n')).toBe(true);
    expect(JSON.parse(line)).toMatchObject({ _aws: { CloudWatchMetrics: [{ Namespace: 'ZeroTrustIot' }] } });
  } finally {
    write.mockRestore();
  }
});

test.each([
  [new TypeError('m'), { errorName: 'TypeError', errorMessage: 'm' }],
  ['text', { errorName: 'Unknown', errorMessage: 'text' }],
  [{ secret: 'x' }, { errorName: 'Unknown', errorMessage: 'a thrown object' }],
])('an error as fields: %p', (error, fields) => {
  expect(errorFields(error)).toEqual(fields);
});
