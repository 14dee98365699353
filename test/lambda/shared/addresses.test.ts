import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/**
 * The bundles read settings, partitions and addresses without the parts of the SDK that a function has no use for
 * (`scripts/bundle-handlers.mjs`): what is left must find the address that the whole SDK finds. No name is looked up.
 */
const RUN = `
const { parentPort, workerData } = require('node:worker_threads');
const names = new Set();
require('node:dns').lookup = (name, _options, answer) => {
  names.add(name);
  process.nextTick(answer, Object.assign(new Error('nothing is looked up in a test'), { code: 'ENOENT' }));
};
const { handler } = require(workerData.file);
handler(workerData.event).then(() => parentPort.postMessage([...names]));
`;

const CALL = { principalId: 'ab'.repeat(32), clientId: 'pump-7' };

async function addressesOf(environment: Readonly<Record<string, string>>): Promise<string[]> {
  const worker = new Worker(RUN, {
    eval: true,
    env: {
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'example',
      DENY_LIST_TABLE: 'denied',
      ...environment,
    },
    workerData: { file: join(__dirname, '../../../dist/handlers/validate-connection/index.js'), event: CALL },
    stdout: true,
  });
  try {
    return await new Promise<string[]>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  } finally {
    await worker.terminate();
  }
}

test.each<[string, Record<string, string>, string]>([
  ['its region', { AWS_REGION: 'eu-west-1' }, 'dynamodb.eu-west-1.amazonaws.com'],
  ['a region that came after the SDK', { AWS_REGION: 'sa-north-7' }, 'dynamodb.sa-north-7.amazonaws.com'],
  ['China', { AWS_REGION: 'cn-northwest-1' }, 'dynamodb.cn-northwest-1.amazonaws.com.cn'],
  ['GovCloud', { AWS_REGION: 'us-gov-west-1' }, 'dynamodb.us-gov-west-1.amazonaws.com'],
  ['the European Sovereign Cloud', { AWS_REGION: 'eusc-de-east-1' }, 'dynamodb.eusc-de-east-1.amazonaws.eu'],
  [
    'FIPS 140 where that is asked for',
    { AWS_REGION: 'us-east-1', AWS_USE_FIPS_ENDPOINT: 'true' },
    'dynamodb-fips.us-east-1.amazonaws.com',
  ],
  [
    'IPv6 where that is asked for',
    { AWS_REGION: 'eu-west-1', AWS_USE_DUALSTACK_ENDPOINT: 'true' },
    'dynamodb.eu-west-1.api.aws',
  ],
  [
    'no other where what is asked for cannot be',
    { AWS_REGION: 'eu-west-1', AWS_USE_FIPS_ENDPOINT: 'perhaps' },
    'dynamodb.eu-west-1.amazonaws.com',
  ],
  [
    'an address of its own',
    { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: 'https://aws.example.com' },
    'aws.example.com',
  ],
  [
    'an address of its own for this service only',
    {
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: 'https://a.example.com',
      AWS_ENDPOINT_URL_DYNAMODB: 'https://b.example.com',
    },
    'b.example.com',
  ],
  [
    'its region where addresses of one’s own are to be ignored',
    { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: 'https://a.example.com', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
    'dynamodb.eu-west-1.amazonaws.com',
  ],
])('a bundle calls %s', async (_what, environment, expected) => {
  expect(await addressesOf(environment)).toEqual([expected]);
});
