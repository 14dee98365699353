import { createHash, createHmac, type Hash } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { verified } from '../../../../rehearsal/cloud/http/signature';
import { openCloud, type RehearsalCloud } from '../../../../rehearsal/cloud/rehearsal-cloud';
import { assemblyOf } from '../../../support/rehearsal-assembly';
import { arnOf, eventsOf, recorder, role } from '../../../support/rehearsal-stack';

let cloud: RehearsalCloud | undefined;

afterEach(async () => {
  await cloud?.close();
  cloud = undefined;
});

async function withApi(options: { authorization?: string; permission?: boolean; body?: string } = {}) {
  const { authorization = 'AWS_IAM', permission = true, body = "return { statusCode: 201, body: 'done' };" } = options;
  const ofApi = { ApiId: { Ref: 'Api' } };
  const made = await openCloud({
    assembly: assemblyOf({
      S: {
        Resources: {
          Role: role('lambda.amazonaws.com', 'logs:PutLogEvents'),
          Function: recorder('Role', body),
          Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'api', ProtocolType: 'HTTP' } },
          Integration: {
            Type: 'AWS::ApiGatewayV2::Integration',
            Properties: {
              ...ofApi,
              IntegrationType: 'AWS_PROXY',
              IntegrationUri: arnOf('Function'),
              PayloadFormatVersion: '2.0',
            },
          },
          Route: {
            Type: 'AWS::ApiGatewayV2::Route',
            Properties: {
              ...ofApi,
              RouteKey: 'POST /order',
              AuthorizationType: authorization,
              Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
            },
          },
          Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ...ofApi, StageName: '$default' } },
          ...(permission && {
            Permission: {
              Type: 'AWS::Lambda::Permission',
              Properties: {
                FunctionName: { Ref: 'Function' },
                Action: 'lambda:InvokeFunction',
                Principal: 'apigateway.amazonaws.com',
                SourceArn: { 'Fn::Sub': 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/*' },
              },
            },
          }),
        },
        Outputs: { Address: { Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } } },
      },
    }),
  });
  cloud = made;
  const api = made.resources('AWS::ApiGatewayV2::Api')[0]!.physicalId;
  const order = (as: 'operator' | 'bystander', path = '/order') =>
    made.outside.request(api, { method: 'POST', path, body: { subject: 'pump-7' } }, as);
  const calls = () => made.services.functions.all().flatMap(({ process }) => eventsOf(process.log));
  const told = (kind: string) => made.events.all().filter((event) => event.kind === kind);
  return { made, order, calls, told };
}

test('a person whose policies allow it reaches the function, which hears who it is', async () => {
  const { order, calls, told } = await withApi();
  expect(await order('operator', '/order?all=yes')).toEqual({ status: 201, body: 'done' });
  expect(calls()).toMatchObject([
    {
      version: '2.0',
      routeKey: 'POST /order',
      rawPath: '/order',
      queryStringParameters: { all: 'yes' },
      body: '{"subject":"pump-7"}',
      requestContext: { authorizer: { iam: { userArn: 'arn:aws:iam::123456789012:user/operator' } } },
    },
  ]);
  expect(told('fault')).toEqual([]);
});

test('a person without the right, and one without a signature, are turned away, which is no fault of the stacks', async () => {
  const { made, order, calls, told } = await withApi();
  expect(await order('bystander')).toEqual({ status: 403, body: '{"message":"Forbidden"}' });
  const bare = await fetch(`${made.outputs('S').Address}/order`, { method: 'POST', body: '{}' });
  expect([bare.status, await bare.text()]).toEqual([403, '{"message":"Missing Authentication Token"}']);
  expect(calls()).toEqual([]);
  expect(told('fault')).toEqual([]);
});

test('a route without authorization lets everybody in, as nobody', async () => {
  const { made, calls } = await withApi({ authorization: 'NONE' });
  const answer = await fetch(`${made.outputs('S').Address}/order`, { method: 'POST', body: '{}' });
  expect(answer.status).toBe(201);
  expect(calls()[0]).not.toHaveProperty('requestContext.authorizer');
});

test('another path finds nothing, and a function that fails is an error of the server', async () => {
  const { order } = await withApi({ body: "throw new Error('no');" });
  expect((await order('operator', '/other')).status).toBe(404);
  expect((await order('operator')).status).toBe(500);
});

test('the function’s own policy must let the API in', async () => {
  const { order, told } = await withApi({ permission: false });
  expect((await order('operator')).status).toBe(500);
  expect(told('fault')).toMatchObject([
    { code: 'AccessDenied', what: expect.stringContaining('lambda:InvokeFunction') },
  ]);
});

test('authorization of another kind lets nobody in, and is named', async () => {
  const { order, told } = await withApi({ authorization: 'JWT' });
  expect((await order('operator')).status).toBe(403);
  expect(told('gap')).toMatchObject([{ subject: 'authorization JWT of an HTTP API', onPath: true }]);
});

/** What the signer of the SDK needs of a hash. */
class Sha256 {
  private readonly hash: Hash | ReturnType<typeof createHmac>;

  constructor(secret?: string | ArrayBuffer | Uint8Array) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', Buffer.from(secret as Uint8Array));
  }

  public update(data: string | Uint8Array): void {
    this.hash.update(data);
  }

  public digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.hash.digest()));
  }

  public reset(): void {
    throw new Error('not used');
  }
}

test.each(['/orders', '/a%20b/c', '/'])(
  'what the SDK of AWS signs is right for %s, and wrong once it was changed',
  async (path) => {
    const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret/key+' };
    const signer = new SignatureV4({
      credentials,
      region: 'eu-west-1',
      service: 'execute-api',
      sha256: Sha256 as never,
    });
    const body = '{"why":"it’s time"}';
    const request = await signer.sign({
      method: 'POST',
      protocol: 'http:',
      hostname: '127.0.0.1',
      path,
      query: { b: 'x y', a: '1' },
      headers: { host: '127.0.0.1:80', 'content-type': 'application/json' },
      body,
    });
    const query = new URLSearchParams({ b: 'x y', a: '1' });
    const seen = { method: 'POST', path, query, headers: request.headers, body: Buffer.from(body) };
    const secretOf = (keyId: string) => (keyId === 'AKIAEXAMPLE' ? 'secret/key+' : undefined);
    expect(verified(seen, secretOf)).toEqual({ keyId: 'AKIAEXAMPLE' });
    expect(verified({ ...seen, body: Buffer.from('{}') }, secretOf)).toHaveProperty('problem');
    expect(verified({ ...seen, query: new URLSearchParams() }, secretOf)).toHaveProperty('problem');
    expect(verified(seen, () => 'another')).toHaveProperty('problem');
    expect(verified(seen, () => undefined)).toHaveProperty('problem');
  },
);
