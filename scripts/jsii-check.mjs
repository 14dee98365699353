// Compiles the public surface with jsii and every example in docs and README with jsii-rosetta, and demands that all of it has words,
// defaults and an example (check-surface.mjs), in a folder of its own, since
// jsii wants its own tsconfig.json. Proves that the API can be offered in Python, Java and .NET and that no example is stale.
// Usage: node scripts/jsii-check.mjs [output folder]
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { surfaceProblems } from './check-surface.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const kept = process.argv[2];
let manifest;
/** Examples are written as a user would write them, below imports of all that the library and the CDK offer. */
function writeFixture() {
  const assembly = JSON.parse(readFileSync(join(work, '.jsii'), 'utf8'));
  const names = Object.values(assembly.types).map((type) => type.name);
  const modules = ['dynamodb', 'iam', 'iot', 'kms', 'lambda', 'logs', 's3', 'sns'].map(
    (name) => `aws_${name} as ${name}`,
  );
  mkdirSync(join(work, 'rosetta'), { recursive: true });
  writeFileSync(
    join(work, 'rosetta/default.ts-fixture'),
    `import { App, Aws, Duration, Fn, RemovalPolicy, Stack, ${modules.join(', ')} } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { readFileSync } from 'node:fs';
import { ${names.join(', ')} } from '${manifest.name}';

class Fixture extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    /// here
  }
}
`,
  );
}

const work = kept ?? mkdtempSync(join(tmpdir(), 'zero-trust-iot-jsii-'));

try {
  mkdirSync(work, { recursive: true });
  for (const part of ['lib', 'lambda', 'README.md', 'LICENSE']) {
    if (existsSync(join(root, part))) cpSync(join(root, part), join(work, part), { recursive: true });
  }
  mkdirSync(join(work, 'node_modules'));
  for (const name of readdirSync(join(root, 'node_modules')))
    symlinkSync(join(root, 'node_modules', name), join(work, 'node_modules', name));
  manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  delete manifest.scripts;
  // Examples import the library by its name.
  symlinkSync(work, join(work, 'node_modules', manifest.name));
  writeFileSync(join(work, 'package.json'), JSON.stringify(manifest, null, 2));
  const run = (tool, ...args) => {
    process.stdout.write(`${tool} ${args.join(' ')}\n`);
    const env = {
      ...process.env,
      JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1',
      JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: '1',
      JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: '1',
    };
    execFileSync(process.execPath, [join(root, 'node_modules', tool, 'bin', tool), ...args], {
      cwd: work,
      stdio: 'inherit',
      env,
    });
  };
  run('jsii', '--silence-warnings', 'reserved-word');
  const problems = surfaceProblems(JSON.parse(readFileSync(join(work, '.jsii'), 'utf8')), root);
  if (problems.length > 0) throw new Error(`the public surface is not told of in full:\n  ${problems.join('\n  ')}`);
  writeFixture();
  run('jsii-rosetta', 'extract', '--compile', '--strict', '--directory', work, '.');
} finally {
  if (kept === undefined) rmSync(work, { recursive: true, force: true });
}
