import { Duration, Stack } from 'aws-cdk-lib';
import { CfnApi, CfnIntegration, CfnRoute, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENV, ROUTES, type Verb } from '../../lambda/operate-incident/contract';
import { BundledFunction } from '../internal/bundled-function';
import type { IncidentTable } from './incident-table';
import type { SignalIntake } from './signal-intake';

/** API Gateway gives up after 30 seconds. */
const TIMEOUT = Duration.seconds(28);
/** Orders of persons, and of the scripts of persons. */
const REQUESTS_PER_SECOND = 20;
const LOG_RETENTION_DAYS = 365;

export interface OperatorEntryProps {
  readonly intake: SignalIntake;
  readonly table: IncidentTable;
  readonly keyArn: string;
  readonly encryptionKey?: IKeyRef;
}

/**
 * One address for operators, each verb a route that IAM authorizes by itself. Who calls is taken from the signature of the
 * request: nobody can put an order on record in another one's name.
 */
export class OperatorEntry extends Construct {
  public readonly url: string;
  private readonly api: CfnApi;

  constructor(scope: Construct, id: string, props: OperatorEntryProps) {
    super(scope, id);
    const fn = this.createFunction(props);
    this.api = new CfnApi(this, 'Resource', {
      name: 'zero-trust-iot-incidents',
      description: 'Release, hold, retire and isolate devices by hand',
      protocolType: 'HTTP',
    });
    this.url = this.api.attrApiEndpoint;
    const { partition, region, account } = Stack.of(this);
    fn.allowInvoke(
      'Invoke',
      'apigateway.amazonaws.com',
      `arn:${partition}:execute-api:${region}:${account}:${this.api.ref}/*/*`,
    );
    const integration = new CfnIntegration(this, 'Integration', {
      apiId: this.api.ref,
      integrationType: 'AWS_PROXY',
      integrationUri: fn.functionArn,
      payloadFormatVersion: '2.0',
    });
    for (const [verb, routeKey] of Object.entries(ROUTES))
      new CfnRoute(this, `${verb[0]?.toUpperCase()}${verb.slice(1)}`, {
        apiId: this.api.ref,
        routeKey,
        authorizationType: 'AWS_IAM',
        target: `integrations/${integration.ref}`,
      });
    this.createStage(props.keyArn);
  }

  /** What a caller must be allowed to invoke for some verbs. */
  public arnsOf(verbs: readonly Verb[]): string[] {
    const { partition, region, account } = Stack.of(this);
    const base = `arn:${partition}:execute-api:${region}:${account}:${this.api.ref}/$default`;
    return verbs.map((verb) => `${base}/${ROUTES[verb].replace(' ', '')}`);
  }

  private createFunction({ intake, table, encryptionKey }: OperatorEntryProps): BundledFunction {
    const fn = new BundledFunction(this, 'Function', {
      handler: 'operate-incident',
      description: 'Takes the orders of operators on incidents',
      timeout: TIMEOUT,
      encryptionKey,
      statements: table.rightsWithIndex(['dynamodb:Query'], ['dynamodb:PutItem']),
      environment: {
        [ENV.table]: table.resource.ref,
        [ENV.taskQueue]: intake.look.queueUrl,
        [ENV.releaseQueue]: intake.release.queueUrl,
      },
    });
    for (const queue of [intake.look, intake.release]) fn.allowSend(queue);
    return fn;
  }

  private createStage(keyArn: string): void {
    const logs = new CfnLogGroup(this, 'AccessLogs', { kmsKeyId: keyArn, retentionInDays: LOG_RETENTION_DAYS });
    const fields = ['requestId', 'requestTime', 'identity.userArn', 'identity.sourceIp', 'routeKey', 'status'];
    const format = Object.fromEntries(fields.map((field) => [field.replace('identity.', ''), `$context.${field}`]));
    new CfnStage(this, 'Stage', {
      apiId: this.api.ref,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: { destinationArn: logs.attrArn, format: JSON.stringify(format) },
      defaultRouteSettings: {
        throttlingRateLimit: REQUESTS_PER_SECOND,
        throttlingBurstLimit: REQUESTS_PER_SECOND,
      },
    });
  }
}
