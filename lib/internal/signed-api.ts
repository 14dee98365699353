import { Stack } from 'aws-cdk-lib';
import { CfnApi, CfnIntegration, CfnRoute, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { BundledFunction } from './bundled-function';

const LOG_RETENTION_DAYS = 365;

export interface SignedApiProps {
  readonly name: string;
  readonly description: string;
  readonly function: BundledFunction;
  /** By verb, `POST /isolate`. */
  readonly routes: { readonly [verb: string]: string };
  readonly keyArn: string;
  readonly requestsPerSecond: number;
}

/**
 * An HTTP API for people, each of whose routes IAM authorizes by itself. Who calls is taken from the signature of the request:
 * nobody can put something on record in another one's name. The log has who called what, and nothing of what was said.
 *
 * Its resources belong to the construct that has it.
 */
export class SignedApi {
  public readonly url: string;
  private readonly api: CfnApi;

  constructor(
    private readonly scope: Construct,
    private readonly props: SignedApiProps,
  ) {
    const { name, description } = props;
    this.api = new CfnApi(scope, 'Resource', { name, description, protocolType: 'HTTP' });
    this.url = this.api.attrApiEndpoint;
    props.function.allowInvoke('Invoke', 'apigateway.amazonaws.com', `${this.arn}/*/*`);
    this.createRoutes();
    this.createStage();
  }

  /** What a caller must be allowed to invoke for some verbs. */
  public arnsOf(verbs: readonly string[]): string[] {
    return verbs.map((verb) => `${this.arn}/$default/${(this.props.routes[verb] ?? '').replace(' ', '')}`);
  }

  private get arn(): string {
    const { partition, region, account } = Stack.of(this.scope);
    return `arn:${partition}:execute-api:${region}:${account}:${this.api.ref}`;
  }

  private createRoutes(): void {
    const integration = new CfnIntegration(this.scope, 'Integration', {
      apiId: this.api.ref,
      integrationType: 'AWS_PROXY',
      integrationUri: this.props.function.functionArn,
      payloadFormatVersion: '2.0',
    });
    for (const [verb, routeKey] of Object.entries(this.props.routes))
      new CfnRoute(this.scope, `${verb[0]?.toUpperCase()}${verb.slice(1)}`, {
        apiId: this.api.ref,
        routeKey,
        authorizationType: 'AWS_IAM',
        target: `integrations/${integration.ref}`,
      });
  }

  private createStage(): void {
    const { keyArn, requestsPerSecond } = this.props;
    const logs = new CfnLogGroup(this.scope, 'AccessLogs', { kmsKeyId: keyArn, retentionInDays: LOG_RETENTION_DAYS });
    const fields = ['requestId', 'requestTime', 'identity.userArn', 'identity.sourceIp', 'routeKey', 'status'];
    const format = Object.fromEntries(fields.map((field) => [field.replace('identity.', ''), `$context.${field}`]));
    new CfnStage(this.scope, 'Stage', {
      apiId: this.api.ref,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: { destinationArn: logs.attrArn, format: JSON.stringify(format) },
      defaultRouteSettings: { throttlingRateLimit: requestsPerSecond, throttlingBurstLimit: requestsPerSecond },
    });
  }
}
