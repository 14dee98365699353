// Bundles the handlers a second time, elsewhere, and compares with the first: what is deployed depends on the sources alone.
// Also holds each handler to its size: what one SDK client costs is known, and a stray dependency shows here.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const again = mkdtempSync(join(tmpdir(), 'zero-trust-iot-bundle-'));
const LIMIT_ONE_CLIENT = 450_000;
const LIMIT_PER_FURTHER_CLIENT = 400_000;

try {
  execFileSync(process.execPath, [join(root, 'scripts/bundle-handlers.mjs'), again], { stdio: 'inherit' });
  const first = readFileSync(join(root, 'dist/handlers/manifest.json'), 'utf8');
  if (first !== readFileSync(join(again, 'manifest.json'), 'utf8'))
    throw new Error(
      "the second build differs from dist/handlers; run 'npm run build' first, and look for a clock or a path in the sources",
    );
  for (const [name, { bytes }] of Object.entries(JSON.parse(first))) {
    const code = readFileSync(join(root, 'dist/handlers', name, 'index.js'), 'utf8');
    const clients = new Set(
      [
        ...code.matchAll(/@aws-sdk\/(client-[a-z0-9-]+)|"(?:AWSIoT|DynamoDB_20120810|AmazonS3|AmazonSQS|AmazonSSM)"/g),
      ].map(([match]) => match),
    ).size;
    const limit = LIMIT_ONE_CLIENT + Math.max(0, clients - 1) * LIMIT_PER_FURTHER_CLIENT;
    process.stdout.write(`${name.padEnd(28)} ${(bytes / 1000).toFixed(0).padStart(5)} kB\n`);
    if (bytes > limit)
      throw new Error(`${name} has ${bytes} bytes, more than the ${limit} that ${clients} SDK clients may cost`);
  }
  process.stdout.write('built twice: byte-identical\n');
} finally {
  rmSync(again, { recursive: true, force: true });
}
