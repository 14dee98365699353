import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ENV } from '../../../lambda/validate-connection/contract';
import { BundledHandler } from '../../support/bundled-handler';

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * Signature Version 4 as AWS describes it, of a POST to `/`.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
function signatureOf(headers: IncomingHttpHeaders, body: string): string {
  const [, scope = '', names = ''] =
    /Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+)/.exec(headers.authorization!) ?? [];
  const values = names.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const request = ['POST', '/', '', values.join(''), names, digest(body)].join('\n');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, digest(request)].join('\n');
  const key = scope.split('/').reduce<string | Buffer>((made, part) => hmac(made, part), `AWS4${SECRET}`);
  return hmac(key, text).toString('hex');
}

// No fake of a service looks at signatures, and what bundles leave out of the SDK is near to what makes them.
test('a bundle signs its requests as AWS checks them', async () => {
  const seen: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      seen.push({ headers: request.headers, body });
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const gate = new BundledHandler('validate-connection', {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: SECRET,
    AWS_SESSION_TOKEN: 'token/of+a=session',
    [ENV.denyList]: 'denied',
  });
  try {
    for (const id of ['ab'.repeat(32), '0f'.repeat(32)])
      expect(await gate.invoke({ principalId: id })).toEqual({ isAuthenticated: true });
  } finally {
    await gate.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  expect(seen).toHaveLength(2);
  for (const { headers, body } of seen) {
    expect(headers.authorization).toContain('/eu-west-1/dynamodb/aws4_request');
    expect(headers.authorization).toContain('x-amz-security-token');
    expect(headers['x-amz-security-token']).toBe('token/of+a=session');
    expect(headers.authorization).toMatch(new RegExp(`Signature=${signatureOf(headers, body)}$`));
    expect(headers['amz-sdk-invocation-id']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  }
  expect(seen[0]?.headers['amz-sdk-invocation-id']).not.toBe(seen[1]?.headers['amz-sdk-invocation-id']);
});
