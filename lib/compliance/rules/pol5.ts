import { covers } from '../policies/acts';
import type { PolicyStatement } from '../policies/document';
import { nameOf } from '../policies/pattern';
import type { Rule } from '../rule';
import { DEVICE_POLICY } from './examples';
import { eachPolicy, statementPath } from './support';

const ON_TOPICS = ['iot:Publish', 'iot:Receive', 'iot:RetainPublish'];

export const POL5: Rule = {
  id: 'ZTI-POL5',
  title: 'Grants on topics take effect',
  tenets: [3],
  severity: 'warning',
  types: ['AWS::IoT::Policy', 'AWS::IoT::ProvisioningTemplate'],
  why: 'Subscribe is decided on topicfilter/, Publish and Receive on topic/. A grant on the wrong type does nothing, and is usually mended with a wildcard.',
  fix: 'Grant iot:Subscribe on topicfilter/..., and iot:Receive on the topic/... that the filter covers.',
  example: { DevicePolicy: DEVICE_POLICY },
  evidenceFor: ['IoT Lens IOTSEC04-BP01'],
  check: (model) =>
    eachPolicy(model, ({ analysis }, note) => {
      const allows = analysis.text.statements.filter(({ denies }) => !denies);
      for (const statement of allows) {
        const problem = mismatch(statement);
        if (problem !== undefined) note(problem, { location: statementPath(statement.index) });
      }
      const subscribes = allows.filter((statement) => grants(statement, 'iot:Subscribe', 'topicfilter'));
      const receives = allows.some((statement) => grants(statement, 'iot:Receive', 'topic'));
      const [first] = subscribes;
      if (first !== undefined && !receives) {
        note('allows iot:Subscribe and nowhere iot:Receive: nothing is delivered', {
          location: statementPath(first.index),
        });
      }
    }),
};

function grants(statement: PolicyStatement, action: string, type: string): boolean {
  return (
    covers(statement, action) &&
    (statement.notResources.length > 0 || statement.resources.some((resource) => nameOf(resource, type) !== undefined))
  );
}

/** A topic in a statement without actions on topics, or a filter in one without Subscribe. */
function isIdle(statement: PolicyStatement, resource: string): boolean {
  const none = (actions: readonly string[]): boolean => actions.every((action) => !covers(statement, action));
  const only = (type: string): boolean => resource.includes(`:${type}/`);
  return (
    (only('topic') && none([...ON_TOPICS, 'iot:GetRetainedMessage'])) ||
    (only('topicfilter') && none(['iot:Subscribe']))
  );
}

/** Every action of the statement needs a resource of its type, and the other way round. */
function mismatch(statement: PolicyStatement): string | undefined {
  if (statement.notResources.length > 0) return undefined;
  const acting = (names: readonly string[]): string[] => names.filter((name) => covers(statement, name));
  const filters = statement.resources.some((resource) => nameOf(resource, 'topicfilter') !== undefined);
  const topics = statement.resources.some((resource) => nameOf(resource, 'topic') !== undefined);
  const onTopics = acting(ON_TOPICS);
  if (acting(['iot:Subscribe']).length > 0 && !filters && topics)
    return 'allows iot:Subscribe on topic/, where only topicfilter/ counts';
  if (onTopics.length > 0 && !topics && filters)
    return `allows ${onTopics.join(', ')} on topicfilter/, where only topic/ counts`;
  const [idle] = statement.resources.filter((resource) => isIdle(statement, resource));
  return idle === undefined ? undefined : `names ${idle}, on which none of its actions takes effect`;
}
