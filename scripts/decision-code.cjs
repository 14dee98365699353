// The code that decides, part by part, and the tests that run it in their own process: what `npm run mutate` changes and
// `npm run check:coverage` measures. What acts (adapters, handlers) is tested through the bundle, which neither can see.

/** @typedef {{ code: string[], tests: string[] }} Part `tests` are regular expressions of paths */

/** Tests of a handler that start no process and no server. */
const pureTests = (handler) =>
  `^test/lambda/${handler}/(?!(adapters|bounds|certificates|crash|fuzz|handler|index|labelled-[a-z]+|learned-fleet|path|storm)\\.)[^/]+\\.test\\.ts$`;

const handler = (name, files = ['decide', 'event'], tests = []) => [
  `lambda/${name}`,
  { code: files.map((file) => `lambda/${name}/${file}.ts`), tests: [pureTests(name), ...tests] },
];

const INCIDENT_DEPENDENTS = '(mitigate-device|operate-incident|prove-health|release-device|record-incident)';

/** @type {Record<string, Part>} */
const parts = Object.fromEntries([
  ['lib/policy', { code: ['lib/policy/**/*.ts', '!lib/policy/**/index.ts'], tests: ['^test/policy/'] }],
  handler('adopt-account-settings', [
    'decide',
    'event',
    'audit',
    'claim',
    'events',
    'indexing',
    'logging',
    'memory',
    'suppression',
  ]),
  handler('attach-group-policies', ['decide', 'event', 'failures']),
  handler(
    'evaluate-behaviors',
    [
      'address',
      'aggregate',
      'bytes',
      'cbor',
      'decide',
      'digits',
      'document',
      'event',
      'hash',
      'hours',
      'judge',
      'lately',
      'learn',
      'memory',
      'page',
      'plan',
      'prior',
      'record',
      'report',
      'settle',
      'sweep',
      'tail',
      'topic-match',
      'window-state',
    ],
    ['^test/lambda/evaluate-behaviors/handler\\.test\\.ts$'],
  ),
  handler('close-tunnels'),
  handler('forward-iot-logs'),
  handler('import-allow-list', ['decide', 'event', 'serial-index']),
  handler('keep-patch-job'),
  handler('mitigate-device', ['decide']),
  handler('open-tunnel'),
  handler('operate-incident'),
  handler('prove-health', ['clean', 'decide', 'event', 'outcome']),
  handler('record-incident', ['describe', 'event']),
  handler('register-device'),
  handler('release-device'),
  handler('validate-connection', ['event']),
  handler('verify-enrollment'),
  handler('shared', ['custom-resource-event', 'custom-resource-response', 'faults', 'pacer']),
  [
    'bin/cli/tune',
    {
      code: ['observe', 'propose', 'series', 'stream-record', 'topics'].map((name) => `bin/cli/tune/${name}.ts`),
      tests: ['^test/cli/tune-decisions\\.test\\.ts$'],
    },
  ],
  [
    'lambda/shared/incident',
    {
      code: ['lambda/shared/incident/*.ts', '!lambda/shared/incident/*adapters.ts'],
      tests: ['^test/lambda/shared/incident/', pureTests(INCIDENT_DEPENDENTS)],
    },
  ],
]);

/** The parts that hold any of the code that the patterns name; all where none says it. */
function partsOf(patterns) {
  const places = patterns.filter((pattern) => !pattern.startsWith('!')).map((pattern) => pattern.split(/[*{?[]/)[0]);
  const chosen = Object.entries(parts).filter(([folder]) =>
    places.some((place) => place.startsWith(`${folder}/`) || `${folder}/`.startsWith(place)),
  );
  return chosen.length === 0 ? Object.values(parts) : chosen.map(([, part]) => part);
}

module.exports = { parts, partsOf };
