import { Duration } from 'aws-cdk-lib';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { ENV, ROUTES, type Verb } from '../../lambda/operate-incident/contract';
import { BundledFunction } from '../internal/bundled-function';
import { SignedApi } from '../internal/signed-api';
import type { IncidentTable } from './incident-table';
import type { SignalIntake } from './signal-intake';

/** API Gateway gives up after 30 seconds. */
const TIMEOUT = Duration.seconds(28);
/** Orders of persons, and of the scripts of persons. */
const REQUESTS_PER_SECOND = 20;

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
  private readonly api: SignedApi;

  constructor(scope: Construct, id: string, props: OperatorEntryProps) {
    super(scope, id);
    this.api = new SignedApi(this, {
      name: 'zero-trust-iot-incidents',
      description: 'Release, hold, retire and isolate devices by hand',
      function: this.createFunction(props),
      routes: ROUTES,
      keyArn: props.keyArn,
      requestsPerSecond: REQUESTS_PER_SECOND,
    });
    this.url = this.api.url;
  }

  /** What a caller must be allowed to invoke for some verbs. */
  public arnsOf(verbs: readonly Verb[]): string[] {
    return this.api.arnsOf(verbs);
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
}
