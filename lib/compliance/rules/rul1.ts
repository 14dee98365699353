import { at, isMap, listOf, textOf } from '../model/value';
import type { Rule } from '../rule';
import { topicOf } from './sql';
import { eachResource } from './support';

export const RUL1: Rule = {
  id: 'ZTI-RUL1',
  title: 'A rule loses nothing and amplifies nothing',
  tenets: [1, 7],
  severity: 'error',
  types: ['AWS::IoT::TopicRule'],
  why: 'Without an error action a message that cannot be delivered is gone without a trace. A rule on every topic, or one that writes to reserved topics, hands its own rights to every device.',
  fix: 'Add an ErrorAction to a queue or bucket, and name the topic in FROM.',
  example: {
    Rule: {
      Type: 'AWS::IoT::TopicRule',
      Properties: {
        TopicRulePayload: {
          Sql: "SELECT * FROM 'dt/+/telemetry'",
          AwsIotSqlVersion: '2016-03-23',
          Actions: [
            {
              Kinesis: {
                StreamName: 'telemetry',
                PartitionKey: '${topic(2)}',
                RoleArn: { 'Fn::ImportValue': 'RuleRoleArn' },
              },
            },
          ],
          ErrorAction: {
            Sqs: {
              QueueUrl: { 'Fn::ImportValue': 'RuleErrorsUrl' },
              RoleArn: { 'Fn::ImportValue': 'RuleRoleArn' },
              UseBase64: true,
            },
          },
        },
      },
    },
  },
  evidenceFor: ['IoT Lens IOTSEC06-BP01', 'IEC 62443-4-2 CR 6.1'],
  check: (model) =>
    eachResource(model, ['AWS::IoT::TopicRule'], ({ TopicRulePayload }, note) => {
      const errorAction = at(TopicRulePayload, 'ErrorAction');
      if (errorAction === undefined || (isMap(errorAction) && Object.keys(errorAction).length === 0))
        note('loses a message that an action fails for', { location: 'Properties/TopicRulePayload/ErrorAction' });
      const from = topicOf(textOf(at(TopicRulePayload, 'Sql')) ?? '');
      const [first] = (from ?? '').split('/', 1);
      if (first === '#' || first === '+')
        note(`takes every message of ${from ?? ''}`, {
          location: 'Properties/TopicRulePayload/Sql',
          severity: 'warning',
        });
      listOf(at(TopicRulePayload, 'Actions')).forEach((action, index) => {
        const topic = textOf(at(action, 'Republish', 'Topic')) ?? '';
        const problem =
          topic.startsWith('$$') || topic.startsWith('$aws')
            ? `the reserved topic ${topic}, which its senders may not write to`
            : isChosen(topic)
              ? `${topic}: its senders choose the topic, which may be any`
              : undefined;
        if (problem === undefined) return;
        note(`republishes to ${problem}`, {
          location: `Properties/TopicRulePayload/Actions/${index}`,
          severity: 'warning',
        });
      });
    }),
};

/** Functions whose value the sender of a message does not choose freely. */
const GIVEN = ['accountid(', 'clientid(', 'newuuid(', 'principal(', 'timestamp('];

/** Whether the first level of a topic comes out of the message. */
function isChosen(topic: string): boolean {
  return topic.startsWith('${') && !GIVEN.some((name) => topic.slice(2).trimStart().toLowerCase().startsWith(name));
}
