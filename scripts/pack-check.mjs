// Installs the packed library into an empty app that has only its peers (no esbuild, no TypeScript) and synthesises there.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A test of another app, on the assembly of that app. */
const REHEARSAL = `import { rehearse, ExpectationFailed } from 'cdk-iot-zero-trust/rehearsal';

const r = await rehearse('cdk.out');
try {
  await r.device('pump-7').connects();
  const decision = await r.device('pump-7').isDenied.publish('pumps/pump-8/telemetry');
  if (decision === undefined || decision.allowed) throw new Error('it is not denied');
  await r.device('pump-7').isAllowed.publish('pumps/pump-7/telemetry');
  const wrong = await r.device('pump-7').isDenied.publish('pumps/pump-7/telemetry').catch((error: unknown) => error);
  if (!(wrong instanceof ExpectationFailed)) throw new Error('a wrong expectation did not fail');
} finally {
  await r.close();
}
`;

/** An app with nothing but a fleet reads nothing but the entry of the library, and all else is there when it is asked for. */
const PLAIN = `const { App, Stack } = require('aws-cdk-lib');
const library = require('cdk-iot-zero-trust');
const parts = () => Object.keys(require.cache).filter((file) => /cdk-iot-zero-trust.dist.lib.parts/.test(file)).length;
const stack = new Stack(new App({ outdir: 'plain.out', analyticsReporting: false }), 'Plain');
new library.ZeroTrustAccount(stack, 'Account');
new library.ZeroTrustFleet(stack, 'Fleet', { access: [library.Access.jobs()] });
stack.node.root.synth();
if (parts() !== 0) throw new Error('a fleet with nothing but defaults loads parts of the library that it does not use');
for (const [name, exported] of Object.entries(library))
  if (exported === undefined) throw new Error(name + ' is missing');
if (parts() < 2) throw new Error('the library has no parts');
`;

/** The library and the command, as they come with the package; and the types, in both ways of finding modules. */
function rehearse(tool) {
  writeFileSync(join(work, 'rehearsal.mts'), REHEARSAL);
  writeFileSync(join(work, 'rehearsal.mjs'), REHEARSAL.replace(': unknown', ''));
  execFileSync(process.execPath, ['rehearsal.mjs'], { cwd: work, stdio: 'inherit' });
  const types = ['--typeRoots', join(root, 'node_modules/@types'), '--types', 'node', '--noEmit', '--strict'];
  const compile = (...options) =>
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...options, ...types], {
      cwd: work,
      stdio: 'inherit',
    });
  compile('--module', 'node16', '--target', 'es2022', 'rehearsal.mts');
  writeFileSync(
    join(work, 'classic.ts'),
    `import { rehearse } from 'cdk-iot-zero-trust/rehearsal';\nexport const r: Promise<{ close(): Promise<void> }> = rehearse('cdk.out');\n`,
  );
  compile(
    '--module',
    'commonjs',
    '--moduleResolution',
    'node10',
    '--ignoreDeprecations',
    '6.0',
    '--target',
    'es2022',
    'classic.ts',
  );
  if (!/^green/m.test(tool('rehearse', 'cdk.out', '--report', 'rehearsal.html')))
    throw new Error('the rehearsal is not green');
  if (!existsSync(join(work, 'rehearsal.html'))) throw new Error('the rehearsal left no report');
}

const root = fileURLToPath(new URL('..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'zero-trust-iot-pack-'));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const versions = manifest.devDependencies;
/** Every file that the package offers by name. */
const offered = [manifest.main, manifest.types, manifest.bin, manifest.exports]
  .flatMap(function filesOf(value) {
    return typeof value === 'string' ? [value] : Object.values(value).flatMap(filesOf);
  })
  .map((file) => file.replace(/^\.\//, ''));

try {
  const [packed] = JSON.parse(
    // As it is built already: what packs without this builds first.
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', work], {
      cwd: root,
      encoding: 'utf8',
    }),
  );
  const forbidden = packed.files.filter(
    ({ path }) => /^(test|bench|node_modules|cdk\.out)\//.test(path) || /\.(pem|key)$/.test(path),
  );
  if (forbidden.length > 0) throw new Error(`the package holds ${forbidden.map(({ path }) => path).join(', ')}`);
  const missing = offered.filter((file) => !packed.files.some(({ path }) => path === file));
  if (missing.length > 0) throw new Error(`the package lacks ${missing.join(', ')}: run 'npm run build' first`);
  writeFileSync(join(work, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
  const install = [
    `aws-cdk-lib@${versions['aws-cdk-lib']}`,
    `constructs@${versions.constructs}`,
    join(work, packed.filename),
  ];
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--omit=dev', ...install], {
    cwd: work,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (const absent of ['esbuild', 'typescript', 'cdk-nag', '@aws-sdk/client-iot']) {
    if (existsSync(join(work, 'node_modules', absent))) throw new Error(`${absent} was installed with the package`);
  }
  writeFileSync(
    join(work, 'app.js'),
    `const { App, Duration, Stack } = require('aws-cdk-lib');
const { Access, AllowList, Behavior, Enrollment, Topic, ZeroTrustAccount, ZeroTrustFleet, ZeroTrustIot } = require('cdk-iot-zero-trust');
const app = new App({ outdir: 'cdk.out', analyticsReporting: false });
const stack = new Stack(app, 'Consumer');
new ZeroTrustAccount(stack, 'Account', { alerts: { emails: ['soc@example.com'] } });
new ZeroTrustFleet(stack, 'Fleet', {
  enrollment: Enrollment.byClaim({ allowList: AllowList.fromSerials(['7', '8']), thingNamePrefix: 'pump-' }),
  access: [Access.publish(Topic.of('pumps', Topic.THING, 'telemetry')), Access.jobs(), Access.shadow()],
  behaviors: [Behavior.messagesSent().mustBeAtMost(120).per(Duration.minutes(5))],
});
ZeroTrustIot.apply(app);
app.synth();
`,
  );
  execFileSync(process.execPath, ['app.js'], {
    cwd: work,
    stdio: 'inherit',
    env: { ...process.env, CDK_VALIDATION: 'false' },
  });
  writeFileSync(join(work, 'plain.js'), PLAIN);
  execFileSync(process.execPath, ['plain.js'], {
    cwd: work,
    stdio: 'inherit',
    env: { ...process.env, CDK_VALIDATION: 'false' },
  });
  const template = JSON.parse(readFileSync(join(work, 'cdk.out', 'Consumer.template.json'), 'utf8'));
  const functions = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  if (functions.length === 0) throw new Error('the consumer app has no function');
  const tool = (...args) =>
    execFileSync('npx', ['--no-install', 'zero-trust-iot', ...args], {
      cwd: work,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  if (!/^yes: /.test(tool('can', 'pump-7', 'publish', 'pumps/pump-7/telemetry', '--assembly', 'cdk.out')))
    throw new Error('the executable does not say yes to what the fleet allows');
  tool('check', 'cdk.out');
  rehearse(tool);
  execFileSync('npm', ['install', '--no-audit', '--no-fund', `cdk-nag@${versions['cdk-nag']}`], {
    cwd: work,
    stdio: 'ignore',
  });
  execFileSync(process.execPath, ['-e', "new (require('cdk-iot-zero-trust/cdk-nag').ZeroTrustIotChecks)()"], {
    cwd: work,
    stdio: 'inherit',
  });
  process.stdout.write(
    `packed ${(packed.size / 1024).toFixed(0)} KiB, ${packed.entryCount} files; an empty app synthesised ${Object.keys(template.Resources).length} resources, ${functions.length} functions\n`,
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}
