import { Duration, type Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { BundledFunction } from '../../lib/internal/bundled-function';
import { SignedApi } from '../../lib/internal/signed-api';
import { templateOf, testStack } from '../support/app';

function api(stack: Stack): SignedApi {
  const scope = new Construct(stack, 'Entry');
  return new SignedApi(scope, {
    name: 'entry',
    description: 'An entry',
    function: new BundledFunction(scope, 'Function', {
      handler: 'operate-incident',
      description: 'A function',
      timeout: Duration.seconds(28),
    }),
    routes: { read: 'GET /thing', write: 'POST /thing' },
    keyArn: 'arn:aws:kms:eu-west-1:123456789012:key/k',
    requestsPerSecond: 7,
  });
}

test('every route is authorized by IAM, bounded and logged without what was said', () => {
  const stack = testStack();
  api(stack);
  const template = templateOf(stack);
  template.resourceCountIs('AWS::ApiGatewayV2::Route', 2);
  template.allResourcesProperties('AWS::ApiGatewayV2::Route', { AuthorizationType: 'AWS_IAM' });
  template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
    DefaultRouteSettings: { ThrottlingRateLimit: 7, ThrottlingBurstLimit: 7 },
    AccessLogSettings: {
      Format: JSON.stringify({
        requestId: '$context.requestId',
        requestTime: '$context.requestTime',
        userArn: '$context.identity.userArn',
        sourceIp: '$context.identity.sourceIp',
        routeKey: '$context.routeKey',
        status: '$context.status',
      }),
    },
  });
  template.hasResourceProperties('AWS::Lambda::Permission', {
    Principal: 'apigateway.amazonaws.com',
    SourceAccount: { Ref: 'AWS::AccountId' },
    SourceArn: { 'Fn::Join': ['', Match.arrayWith(['/*/*'])] },
  });
});

test('a verb is a right on its route', () => {
  const stack = testStack();
  const arns = api(stack).arnsOf(['read', 'write', 'unknown']);
  const ends = (stack.resolve(arns) as { 'Fn::Join': [string, string[]] }[]).map((arn) => arn['Fn::Join'][1].at(-1));
  expect(ends).toEqual(['/$default/GET/thing', '/$default/POST/thing', '/$default/']);
});
