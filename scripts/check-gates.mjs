// Runs the gate as its users do, and looks at exit codes alone: a real app process, the real `cdk synth`, the real
// `zero-trust-iot`, with cdk-nag absent and present, at the newest aws-cdk-lib and at the floor of the peers.
// Usage: node scripts/check-gates.mjs [--newest-only]
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const {
  devDependencies: versions,
  peerDependencies: peers,
  files,
  version,
} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const floorOf = (name) => `${name}@${peers[name].replace('^', '')}`;
const day = (offset) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

/** What all apps begin with; `policy` makes one of the policies below. */
const HEAD = `
const { App, Stack, NestedStack, Stage, Validations, CfnResource } = require('aws-cdk-lib');
const { CfnPolicy } = require('aws-cdk-lib/aws-iot');
const { ZeroTrustIot, ComplianceProfile } = require('cdk-iot-zero-trust');
const ARN = 'arn:aws:iot:us-east-1:123456789012:';
const THING = '\${iot:Connection.Thing.ThingName}';
const allow = (Action, resource) => ({ Effect: 'Allow', Action, Resource: ARN + resource });
const CONNECT = allow('iot:Connect', 'client/' + THING);
const policies = {
  good: [CONNECT, allow('iot:Publish', 'topic/dt/' + THING)],
  bad: [CONNECT, allow('iot:Publish', 'topic/dt/*')],
  weak: [CONNECT, allow('iot:Subscribe', 'topicfilter/a')],
};
const policy = (scope, kind, id = 'Policy') =>
  new CfnPolicy(scope, id, { policyDocument: { Version: '2012-10-17', Statement: policies[kind] } });
const app = new App({ analyticsReporting: false });
const apply = (options) => (process.env.WITH_NAG
  ? Validations.of(app).addPlugins(new (require('cdk-iot-zero-trust/cdk-nag').ZeroTrustIotChecks)(app))
  : ZeroTrustIot.apply(app, options));
`;
const REASON = (until) => `'The broker of plant 4 is read by one gateway owner=jo until=${until}'`;
const waived = (until) =>
  `apply(); Validations.of(policy(new Stack(app, 'S'), 'bad')).acknowledge({ id: 'ZeroTrustIoT::ZTI-POL3', reason: ${REASON(until)} }); app.synth();`;

/**
 * Apps, and what must come of them. `fails`: the app process and \`cdk synth '**'\` end with a code other than 0. `check`: the
 * exit code of the executable on what was written. `plugin: false`: also as a pack of cdk-nag it would say the same, but the
 * case is about \`ZeroTrustIot.apply\`.
 */
const SCENARIOS = {
  'a good policy': { app: `apply(); policy(new Stack(app, 'S'), 'good'); app.synth();`, fails: false, check: 0 },
  'warnings only': { app: `apply(); policy(new Stack(app, 'S'), 'weak'); app.synth();`, fails: false, check: 0 },
  'a bad policy': { app: `apply(); policy(new Stack(app, 'S'), 'bad'); app.synth();`, fails: true, check: 1 },
  'a rule that throws': {
    app: `apply(); new CfnResource(new Stack(app, 'S'), 'R', { type: 'AWS::IoT::Thing', properties: { ThingName: 'LS0tLS1CRUdJTiAx' } }); app.synth();`,
    poison: true,
    fails: true,
    check: 2,
  },
  'a check that throws as a whole': {
    app: `const { prototype } = require(require.resolve('cdk-iot-zero-trust').replace('index.js', 'compliance/compliance-plugin.js')).CompliancePlugin;
for (const name of Object.getOwnPropertyNames(prototype))
  if (!['constructor', 'validate', 'reportOn'].includes(name)) prototype[name] = () => { throw new Error('a defect'); };
apply(); policy(new Stack(app, 'S'), 'good'); app.synth();`,
    plugin: true,
    fails: true,
    check: 0,
  },
  'a baseline that is none, which is refused where it is named, so that nothing is written': {
    app: `require('node:fs').writeFileSync('known.json', '{}'); apply({ baselineFile: 'known.json' }); policy(new Stack(app, 'S'), 'good'); app.synth();`,
    plugin: true,
    fails: true,
    check: 2,
  },
  'another plug-in that fails without violations': {
    app: `apply(); Validations.of(app).addPlugins({ name: 'Empty', validate: () => ({ success: false, violations: [] }) }); policy(new Stack(app, 'S'), 'bad'); app.synth();`,
    fails: true,
    check: 1,
  },
  'stages, each an assembly of its own': {
    app: `apply(); policy(new Stack(new Stage(app, 'Test'), 'S'), 'good'); policy(new Stack(new Stage(app, 'Production'), 'S'), 'bad'); app.synth();`,
    fails: true,
    check: 1,
  },
  'a nested stack': {
    app: `apply(); policy(new NestedStack(new Stack(app, 'S'), 'N'), 'bad'); app.synth();`,
    fails: true,
    check: 1,
  },
  'applied twice': {
    app: `apply(); apply(); policy(new Stack(app, 'S'), 'good'); app.synth();`,
    plugin: true,
    fails: true,
    check: undefined,
  },
  'a waiver that holds': { app: waived(day(30)), fails: false, check: 0 },
  'a waiver that ended': { app: waived(day(-1)), fails: true, check: 1 },
  'a unit test of a user': {
    app: `apply(); const stack = new Stack(app, 'S'); policy(stack, 'bad'); require('aws-cdk-lib/assertions').Template.fromStack(stack);`,
    unit: true,
    fails: true,
    check: undefined,
  },
  'a stack with nothing in it': { app: `apply(); new Stack(app, 'S'); app.synth();`, fails: true, check: 2 },
  // The CDK asks no plug-in about an app without stacks: the executable is what notices.
  'an app without stacks': { app: `apply(); app.synth();`, fails: undefined, check: 2 },
  'rules that were not applied': { app: `policy(new Stack(app, 'S'), 'bad'); app.synth();`, fails: false, check: 1 },
  'rules that only observe': {
    app: `apply({ enforce: false }); policy(new Stack(app, 'S'), 'bad'); app.synth();`,
    plugin: true,
    fails: false,
    check: 1,
  },
};

/** Makes one rule fail, in whatever process loads it: the one that looks for keys in Base64. */
const POISON = `const from = Buffer.from; Buffer.from = (value, encoding, ...rest) => {
  if (encoding === 'base64' && String(value).startsWith('LS0tLS1CRUdJTi')) throw new Error('a defect');
  return from(value, encoding, ...rest);
};`;

const work = mkdtempSync(join(tmpdir(), 'zero-trust-iot-gates-'));
const problems = [];
let ran = 0;

function install(name, packages) {
  const folder = join(work, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true }));
  execFileSync('npm', ['install', '--no-audit', '--no-fund', ...packages], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return join(folder, 'node_modules');
}

/** The oldest peers; undefined, and said so, where the registry does not give them. */
function installFloor() {
  try {
    return install('floor', [floorOf('aws-cdk-lib'), floorOf('constructs'), `cdk-nag@${versions['cdk-nag']}`]);
  } catch {
    process.stdout.write('SKIPPED gates at the floor of the peers: they cannot be installed here\n');
    return undefined;
  }
}

/** An app that has the library as npm would put it there, beside its peers. */
function appFolder(name, modules, packages) {
  const folder = join(work, name);
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  for (const each of packages) symlinkSync(join(modules, each), join(folder, 'node_modules', each));
  const library = join(folder, 'node_modules/cdk-iot-zero-trust');
  for (const file of ['package.json', ...files.filter((each) => !each.startsWith('!'))])
    cpSync(join(root, file), join(library, file), { recursive: true });
  writeFileSync(join(folder, 'poison.js'), POISON);
  return folder;
}

function run(folder, command, args, env) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, CDK_VALIDATION: 'false', CI: 'true', ...env },
  });
  return { status: status ?? -1, output: `${stdout}${stderr}` };
}

function expectCode(where, what, expected, { status, output }) {
  ran++;
  const ok =
    expected === undefined || (typeof expected === 'boolean' ? (status !== 0) === expected : status === expected);
  if (!ok) problems.push(`${where}: ${what} ended with ${status}\n${output.split('\n').slice(-15).join('\n')}`);
}

function tryScenario(where, folder, name, scenario, withNag) {
  rmSync(join(folder, 'cdk.out'), { recursive: true, force: true });
  writeFileSync(join(folder, 'app.js'), HEAD + scenario.app);
  const poison = scenario.poison === true ? { NODE_OPTIONS: `--require ${join(folder, 'poison.js')}` } : {};
  const env = { ...(withNag ? { WITH_NAG: '1' } : {}), ...poison };
  const label = `${where}: ${name}`;
  const alone = run(folder, process.execPath, ['app.js'], { ...env, NODE_ENV: scenario.unit === true ? 'test' : '' });
  expectCode(label, 'the app', scenario.unit === true ? scenario.fails : undefined, alone);
  if (scenario.unit === true) return;
  const cdk = [join(root, 'node_modules/aws-cdk/bin/cdk'), 'synth', '--quiet', '--no-notices', '--app', 'node app.js'];
  expectCode(label, "cdk synth '**'", scenario.fails, run(folder, process.execPath, [...cdk, '**'], env));
  if (scenario.check === undefined) return;
  const cli = [join(folder, 'node_modules/cdk-iot-zero-trust/dist/cli/zero-trust-iot.js'), 'check', 'cdk.out'];
  expectCode(label, 'zero-trust-iot check', scenario.check, run(folder, process.execPath, cli, poison));
}

try {
  const newest = join(root, 'node_modules');
  const floor = process.argv.includes('--newest-only') ? undefined : installFloor();
  const environments = {
    'newest aws-cdk-lib': newest,
    ...(floor === undefined ? {} : { 'aws-cdk-lib at the floor': floor }),
  };
  for (const [what, modules] of Object.entries(environments)) {
    for (const withNag of [false, true]) {
      const where = `${what}, cdk-nag ${withNag ? 'present' : 'absent'}`;
      const packages = ['aws-cdk-lib', 'constructs', ...(withNag ? ['cdk-nag'] : [])];
      const folder = appFolder(where.replaceAll(/[^a-z]+/g, '-'), modules, packages);
      for (const [name, scenario] of Object.entries(SCENARIOS)) {
        if (!(withNag && scenario.plugin === true)) tryScenario(where, folder, name, scenario, withNag);
      }
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
for (const problem of problems) process.stderr.write(`${problem}\n\n`);
process.stdout.write(`gates of ${version}: ${ran} exit codes, ${problems.length} wrong\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
