// Runs the tests in a copy of this checkout with other versions than the locked ones: the peers' floor, or another Node.js.
// Usage: node scripts/test-elsewhere.mjs [--install "pkg@version ..."] [--node VERSION] [--run "npm script"]...
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const options = { install: [], node: undefined, run: [] };
for (let index = 2; index < process.argv.length; index += 2) {
  const [name, value] = process.argv.slice(index, index + 2);
  if (name === '--install') options.install.push(...value.split(' '));
  else if (name === '--node') options.node = value;
  else if (name === '--run') options.run.push(value);
  else throw new Error(`unknown option ${name}; use --install, --node or --run`);
}

const work = mkdtempSync(join(tmpdir(), 'zero-trust-iot-elsewhere-'));
const run = (command, args, env = process.env) => execFileSync(command, args, { cwd: work, stdio: 'inherit', env });

try {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const file of files.split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(work, file)), { recursive: true });
    cpSync(join(root, file), join(work, file));
  }
  run('npm', ['ci', '--no-audit', '--no-fund']);
  if (options.install.length > 0)
    run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--legacy-peer-deps', ...options.install]);

  let env = process.env;
  if (options.node !== undefined) {
    const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
    const tools = join(work, '.node');
    mkdirSync(tools);
    execFileSync(
      'npm',
      ['install', '--prefix', tools, '--no-save', '--no-audit', '--no-fund', `node-${platform}@${options.node}`],
      { stdio: 'inherit' },
    );
    env = { ...process.env, PATH: `${join(tools, 'node_modules', `node-${platform}`, 'bin')}:${process.env.PATH}` };
    process.stdout.write(`Node.js ${execFileSync('node', ['--version'], { env, encoding: 'utf8' })}`);
  }
  for (const script of options.run.length === 0 ? ['test'] : options.run) run('npm', ['run', script], env);
} finally {
  rmSync(work, { recursive: true, force: true });
}
