// Installs the packed library into an empty app that has only its peers (no esbuild, no TypeScript) and synthesises there.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const work = mkdtempSync(join(tmpdir(), 'zero-trust-iot-pack-'));
const versions = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies;

try {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', work], {
      cwd: root,
      encoding: 'utf8',
    }),
  );
  const forbidden = packed.files.filter(
    ({ path }) => /^(test|bench|node_modules|cdk\.out)\//.test(path) || /\.(pem|key)$/.test(path),
  );
  if (forbidden.length > 0) throw new Error(`the package holds ${forbidden.map(({ path }) => path).join(', ')}`);
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
    `const { App, Stack } = require('aws-cdk-lib');
const { Access, Topic, ZeroTrustAccount, ZeroTrustFleet, ZeroTrustIot } = require('cdk-iot-zero-trust');
const app = new App({ outdir: 'cdk.out', analyticsReporting: false });
const stack = new Stack(app, 'Consumer');
new ZeroTrustAccount(stack, 'Account', { alerts: { emails: ['soc@example.com'] } });
new ZeroTrustFleet(stack, 'Fleet', { access: [Access.publish(Topic.of('dt', Topic.THING, 'telemetry'))] });
ZeroTrustIot.apply(app);
app.synth();
`,
  );
  execFileSync(process.execPath, ['app.js'], {
    cwd: work,
    stdio: 'inherit',
    env: { ...process.env, CDK_VALIDATION: 'false' },
  });
  const template = JSON.parse(readFileSync(join(work, 'cdk.out', 'Consumer.template.json'), 'utf8'));
  const functions = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  if (functions.length === 0) throw new Error('the consumer app has no function');
  const tool = (...args) =>
    execFileSync('npx', ['--no-install', 'zero-trust-iot', ...args], { cwd: work, encoding: 'utf8' });
  if (!/^yes: /.test(tool('can', 'meter-1', 'publish', 'dt/meter-1/telemetry', '--assembly', 'cdk.out')))
    throw new Error('the executable does not say yes to what the fleet allows');
  tool('check', 'cdk.out');
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
