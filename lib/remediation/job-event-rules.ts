import { Stack } from 'aws-cdk-lib';
import { CfnTopicRule } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import { allow } from '../internal/iam';
import type { SecureQueue } from '../internal/secure-queue';
import { ServiceRole } from '../internal/service-role';
import type { PatchChannel } from './patch-channel';

export interface JobEventRulesProps {
  readonly queue: SecureQueue;
  readonly dead: SecureQueue;
  readonly keyArn: string;
  readonly patches: PatchChannel;
}

/**
 * What AWS IoT publishes of the jobs of a channel, to the queue of the proof. These events are messages of MQTT only: EventBridge
 * does not have them.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/events-jobs.html
 */
export class JobEventRules extends Construct {
  constructor(scope: Construct, id: string, props: JobEventRulesProps) {
    super(scope, id);
    const { partition, region, account } = Stack.of(this);
    const { queue, dead, keyArn, patches } = props;
    const role = new ServiceRole(this, 'Role', {
      description: 'Puts events of patch jobs on the queue of the proof of health',
      service: 'iot.amazonaws.com',
      sourceArn: `arn:${partition}:iot:${region}:${account}:rule/*`,
      statements: [
        allow(['sqs:SendMessage'], [queue.queueArn, dead.queueArn]),
        allow(['kms:Decrypt', 'kms:GenerateDataKey'], [keyArn]),
      ],
    });
    const to = (target: SecureQueue) => ({
      sqs: { queueUrl: target.queueUrl, roleArn: role.roleArn, useBase64: false },
    });
    const topics = {
      Executions: '$aws/events/jobExecution/+/+',
      Ends: '$aws/events/job/+/canceled',
    };
    for (const [name, topic] of Object.entries(topics)) {
      const rule = new CfnTopicRule(this, name, {
        topicRulePayload: {
          description: 'Events of patch jobs to the proof of health',
          awsIotSqlVersion: '2016-03-23',
          // What a device wrote into its status details goes nowhere.
          sql: `SELECT eventType, operation, jobId, thingArn FROM '${topic}' WHERE startswith(topic(4), '${patches.jobIdPrefix}-')`,
          actions: [to(queue)],
          errorAction: to(dead),
        },
      });
      rule.node.addDependency(role.rights);
    }
  }
}
