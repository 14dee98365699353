import { importsOf, reachableFrom, sourcesBelow, textOf } from '../support/sources';

const ORDER = [
  'policy',
  'identity',
  'connectivity',
  'posture',
  'detection',
  'quarantine',
  'mitigation',
  'remediation',
  'observability',
  'compliance',
  'edge',
  'fleet',
];

const lib = sourcesBelow('lib');
const lambda = sourcesBelow('lambda');

function capabilityOf(file: string): string {
  return file.split('/')[1] ?? '';
}

test('there is something to check', () => {
  expect(lib.length).toBeGreaterThan(20);
  expect(lambda.length).toBeGreaterThan(10);
});

describe('lib', () => {
  test('a capability imports only from those before it, and from internal', () => {
    const wrong = lib
      .filter((file) => ORDER.includes(capabilityOf(file)))
      .flatMap((file) =>
        importsOf(file)
          .filter(({ module }) => module.startsWith('lib/') && ORDER.includes(capabilityOf(module)))
          .filter(({ module }) => ORDER.indexOf(capabilityOf(module)) > ORDER.indexOf(capabilityOf(file)))
          .map(({ module }) => `${file} -> ${module}`),
      );
    expect(wrong).toEqual([]);
  });

  test('internal imports no capability', () => {
    const wrong = lib
      .filter((file) => capabilityOf(file) === 'internal')
      .flatMap((file) =>
        importsOf(file)
          .filter(({ module }) => module.startsWith('lib/') && capabilityOf(module) !== 'internal')
          .map(({ module }) => `${file} -> ${module}`),
      );
    expect(wrong).toEqual([]);
  });

  test('takes from lambda only contracts', () => {
    const wrong = lib.flatMap((file) =>
      importsOf(file)
        .filter(({ module }) => module.startsWith('lambda/') && !module.endsWith('/contract.ts'))
        .map(({ module }) => `${file} -> ${module}`),
    );
    expect(wrong).toEqual([]);
  });

  test('has no runtime dependency but its peers and Node.js', () => {
    // cdk-nag is an optional peer: the one file that needs it stands apart from the entry.
    const always = lib.filter((file) => file !== 'lib/compliance/cdk-nag.ts');
    const modules = new Set(
      always.flatMap((file) =>
        importsOf(file)
          .filter(({ module }) => !module.endsWith('.ts'))
          .map(({ module }) => module),
      ),
    );
    expect(
      [...modules].filter((module) => !/^(aws-cdk-lib(\/[a-z0-9-]+)?|constructs|node:[a-z/]+)$/.test(module)),
    ).toEqual([]);
  });

  test('loads the rules when they are applied, not before', () => {
    const loaded = [...reachableFrom('lib/index.ts')];
    expect(loaded).toContain('lib/compliance/zero-trust-iot.ts');
    expect(loaded.filter((file) => /^lib\/compliance\/(engine|rules\/|model\/|policies\/)/.test(file))).toEqual([]);
  });

  test('starts no process', () => {
    expect(lib.filter((file) => /child_process|execSync|spawn\(/.test(textOf(file)))).toEqual([]);
  });

  test('creates L1 resources only', () => {
    const l2 =
      /new (?:\w+\.)?(Function|Topic|Queue|Role|PolicyStatement|ManagedPolicy|Table|TableV2|Bucket|Key|LogGroup|Provider|AwsCustomResource|NodejsFunction|Asset|Rule)\(/;
    const wrong = lib
      .filter((file) => l2.test(textOf(file).replace(/^\s*(\*|\/\/).*$/gm, '')))
      .filter((file) => !/grants/.test(file));
    expect(wrong).toEqual([]);
  });
});

describe('lambda', () => {
  test('imports neither lib nor the CDK, except the pure policy evaluator', () => {
    const wrong = lambda.flatMap((file) =>
      importsOf(file)
        .filter(
          ({ module }) =>
            (module.startsWith('lib/') && !module.startsWith('lib/policy/')) ||
            /^(aws-cdk-lib|constructs)/.test(module),
        )
        .map(({ module }) => `${file} -> ${module}`),
    );
    expect(wrong).toEqual([]);
  });

  test('commands are sent by adapters; only they and the entry of a handler know the SDK', () => {
    const isAdapter = (file: string) => /adapters[\w-]*\.ts$|\/sdk\.ts$/.test(file);
    const wrong = lambda.filter((file) =>
      importsOf(file).some(
        ({ module, names, typeOnly }) =>
          module.startsWith('@aws-sdk/') &&
          !typeOnly &&
          !isAdapter(file) &&
          (!file.endsWith('/index.ts') || names.some((name) => name.endsWith('Command'))),
      ),
    );
    expect(wrong).toEqual([]);
  });
});

test('the policy language and its evaluator load without the CDK', () => {
  const constructs = /group-policies/;
  const pure = sourcesBelow('lib/policy').filter(
    (file) => !constructs.test(file) && !file.endsWith('lib/policy/index.ts'),
  );
  const wrong = pure.flatMap((file) =>
    [...reachableFrom(file)]
      .filter((reached) =>
        importsOf(reached).some(({ module, typeOnly }) => !typeOnly && /^(aws-cdk-lib|constructs)/.test(module)),
      )
      .map((reached) => `${file} -> ${reached}`),
  );
  expect(wrong).toEqual([]);
});
