import { covers } from '../policies/acts';
import type { PolicyStatement } from '../policies/document';
import { nameOf } from '../policies/pattern';
import type { Rule } from '../rule';
import { CONNECT_AS_ITSELF, iotArn, policyExample, THING } from './examples';
import { eachPolicy, statementPath } from './support';

export const POL7: Rule = {
  id: 'ZTI-POL7',
  title: 'A Deny denies what it seems to',
  tenets: [6],
  severity: 'error',
  types: ['AWS::IoT::Policy', 'AWS::IoT::ProvisioningTemplate'],
  why: 'In a policy + and # are ordinary characters, so a Deny with them denies next to nothing. And a Deny of iot:Subscribe on a/secret/* does not stop a subscription to a/#: only a Deny of iot:Receive does.',
  fix: 'Use * in place of + and #, and deny iot:Receive on the topic/ form of every topicfilter/ that is denied.',
  example: {
    DevicePolicy: policyExample(
      CONNECT_AS_ITSELF,
      { Effect: 'Allow', Action: 'iot:Subscribe', Resource: iotArn(`topicfilter/cmd/${THING}/*`) },
      { Effect: 'Allow', Action: 'iot:Receive', Resource: iotArn(`topic/cmd/${THING}/*`) },
      { Effect: 'Deny', Action: 'iot:Subscribe', Resource: iotArn(`topicfilter/cmd/${THING}/service/*`) },
      { Effect: 'Deny', Action: 'iot:Receive', Resource: iotArn(`topic/cmd/${THING}/service/*`) },
    ),
  },
  evidenceFor: ['IoT Lens IOTSEC04-BP01'],
  runtime: ['IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK'],
  check: (model) =>
    eachPolicy(model, ({ analysis }, note) => {
      const denies = analysis.text.statements.filter((statement) => statement.denies);
      for (const statement of denies) {
        const [literal] = statement.resources.filter(isMqttWildcard);
        if (literal !== undefined)
          note(`denies ${literal}, in which + and # are ordinary characters`, {
            location: statementPath(statement.index),
          });
        const [open] = statement.resources.filter(
          (resource) => covers(statement, 'iot:Subscribe') && !isReceiveDenied(statement, denies, resource),
        );
        if (open !== undefined)
          note(`denies iot:Subscribe on ${open} but not iot:Receive: a wider subscription still delivers`, {
            location: statementPath(statement.index),
          });
      }
    }),
};

function isMqttWildcard(resource: string): boolean {
  const name = nameOf(resource, 'topicfilter') ?? nameOf(resource, 'topic');
  return name !== undefined && name.split('/').some((level) => level === '+' || level === '#');
}

/** Always, or whenever the subscription is denied. */
function isReceiveDenied(subscribe: PolicyStatement, denies: readonly PolicyStatement[], filter: string): boolean {
  const name = nameOf(filter, 'topicfilter');
  if (name === undefined) return true;
  const same = JSON.stringify(subscribe.conditions);
  return denies.some(
    (statement) =>
      covers(statement, 'iot:Receive') &&
      (statement.conditions.length === 0 || JSON.stringify(statement.conditions) === same) &&
      (statement.notResources.length > 0 ||
        statement.resources.some((resource) => widens(nameOf(resource, 'topic'), name))),
  );
}

/** Whether a denied topic is at least as wide as a denied filter, by its text. */
function widens(topic: string | undefined, filter: string): boolean {
  if (topic === undefined) return false;
  const open = topic.endsWith('*') ? topic.slice(0, -1) : undefined;
  return topic === filter || (open !== undefined && filter.startsWith(open));
}
