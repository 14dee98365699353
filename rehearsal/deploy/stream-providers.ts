import { NotModelled } from '../cloud/fault';
import { recordOf } from '../cloud/operation';
import { ACTIONS } from '../cloud/rules/actions';
import { isTrue, number, type Provider, RED, text } from './provider';

type Json = Readonly<Record<string, unknown>>;

/** A stream that scales by itself begins with as many. */
const ON_DEMAND_SHARDS = 4;

/** Data streams, logs, and the rules of AWS IoT that fill them. */
export const STREAM_PROVIDERS: Readonly<Record<string, Provider>> = {
  'AWS::Kinesis::Stream': (request, { kinesis }) => {
    const { properties } = request;
    const name = text(properties, 'Name') ?? request.generatedName();
    const mode = text(recordOf(properties.StreamModeDetails), 'StreamMode');
    const { props } = kinesis.create({
      name,
      shards: number(properties, 'ShardCount', mode === 'ON_DEMAND' ? ON_DEMAND_SHARDS : 1),
      keyArn: text(recordOf(properties.StreamEncryption), 'KeyId'),
    });
    return { ref: name, attributes: { Arn: props.arn } };
  },

  'AWS::Logs::LogGroup': (request, { logs }) => {
    const name = text(request.properties, 'LogGroupName') ?? request.generatedName();
    logs.create(name);
    return { ref: name, attributes: { Arn: logs.arn(name) } };
  },

  'AWS::Logs::SubscriptionFilter': (request, { logs, functions, world }) => {
    const { properties } = request;
    const group = text(properties, 'LogGroupName') ?? '';
    const destination = text(properties, 'DestinationArn') ?? '';
    const name = text(properties, 'FilterName') ?? request.generatedName();
    if (functions.find(destination) === undefined)
      throw new NotModelled(`destination ${destination} of a log group`, `nothing of ${group} goes there`);
    const may = functions.mayInvoke('logs.amazonaws.com', logs.arn(group), destination, {
      kind: 'stack',
      name: request.stack.name,
    });
    // The service tries the function when the subscription is made.
    if (!may) throw new Error(`CloudWatch Logs may not invoke ${destination} for ${group}`);
    logs.subscribe(group, name, text(properties, 'FilterPattern') ?? '', destination);
    return { ref: world.random.fork(`filter ${request.label}`).hex(12) };
  },

  'AWS::IoT::TopicRule': (request, { rules, registry, sqs }) => {
    const { properties } = request;
    const name = text(properties, 'RuleName') ?? request.generatedName().replace(/[^A-Za-z0-9_]/g, '_');
    const payload = recordOf(properties.TopicRulePayload);
    const made = { ref: name, attributes: { Arn: registry.arn(`rule/${name}`) } };
    if (isTrue(payload.RuleDisabled)) return made;
    const errorAction = payload.ErrorAction === undefined ? undefined : recordOf(payload.ErrorAction);
    const failures = sqs.find(text(recordOf(errorAction?.Sqs), 'QueueUrl') ?? '');
    if (failures !== undefined) sqs.markDeadLetter(failures.props.arn);
    const actions = (Array.isArray(payload.Actions) ? payload.Actions : []) as Json[];
    const unread = rules.add({
      name,
      label: request.label,
      sql: text(payload, 'Sql') ?? '',
      version: text(payload, 'AwsIotSqlVersion'),
      actions,
      errorAction,
    });
    const others = [...actions, ...(errorAction === undefined ? [] : [errorAction])]
      .flatMap((action) => Object.keys(action))
      .filter((kind) => !ACTIONS.includes(kind))
      .map((kind) => `the action ${kind} of a topic rule`);
    const limits = [...(unread === undefined ? [] : [unread.subject]), ...others].map((subject) => ({
      subject,
      meaning: RED,
    }));
    return { ...made, limits };
  },
};
