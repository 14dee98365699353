import { at, isMap, listOf, textOf } from '../model/value';
import type { Rule } from '../rule';
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
        if (!topic.startsWith('$$') && !topic.startsWith('$aws')) return;
        note(`republishes to the reserved topic ${topic}, which its senders may not write to`, {
          location: `Properties/TopicRulePayload/Actions/${index}`,
          severity: 'warning',
        });
      });
    }),
};

/** The topic filter of a rule's SQL: what stands in quotes after FROM. */
function topicOf(sql: string): string | undefined {
  const from = positionOfFrom(sql);
  if (from < 0) return undefined;
  const quoted = sql.slice(from + 4).trim();
  const quote = quoted.charAt(0);
  return quote === "'" || quote === '"' ? quoted.slice(1, quoted.indexOf(quote, 1)) : quoted.split(/\s/, 1)[0];
}

/** Where the word FROM stands outside of quotes and parentheses; -1 where it does not. */
function positionOfFrom(sql: string): number {
  let depth = 0;
  for (let at = 0; at < sql.length; at++) {
    const char = sql.charAt(at);
    if (char === "'" || char === '"') {
      const end = sql.indexOf(char, at + 1);
      if (end < 0) return -1;
      at = end;
    } else if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (depth === 0 && isWordAt(sql, at)) return at;
  }
  return -1;
}

function isWordAt(sql: string, at: number): boolean {
  if (!'fF'.includes(sql.charAt(at)) || sql.slice(at, at + 4).toUpperCase() !== 'FROM') return false;
  return ![sql.charAt(at - 1), sql.charAt(at + 4)].some((char) => /\w/.test(char));
}
