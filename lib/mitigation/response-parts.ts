import type { IThingGroupRef } from 'aws-cdk-lib/aws-iot';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import type { IncidentTable } from './incident-table';
import type { SignalIntake } from './signal-intake';

/** What repair and return build on: the records, the queues, and who hears of it. */
export interface ResponseParts {
  readonly intake: SignalIntake;
  readonly table: IncidentTable;
  readonly keyArn: string;
  readonly quarantineGroup: IThingGroupRef;
  readonly encryptionKey?: IKeyRef;
  readonly alertTopic?: ITopicRef;
}
