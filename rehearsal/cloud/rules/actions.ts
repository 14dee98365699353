import type { Need } from '../../iam/authorizer';
import type { OutboundMessage } from '../../ports';
import { NotModelled } from '../fault';
import type { Functions } from '../functions';
import type { Kinesis } from '../kinesis/service';
import { arnOf, recordOf, textOf } from '../operation';
import type { Sns } from '../sns';
import type { Sqs } from '../sqs';
import { inRole, serviceParty, type World } from '../world';
import { type MessageContext, substituted } from './sql-evaluate';

/** Services that actions reach. */
export interface ActionParts {
  readonly functions: Functions;
  readonly kinesis: Kinesis;
  readonly sns: Sns;
  readonly sqs: Sqs;
  /** Publishes through the broker, where rules see it again. */
  publish(message: OutboundMessage): Promise<void>;
}

/** A rule that has selected a message. */
export interface Triggered {
  readonly rule: { readonly name: string; readonly arn: string; readonly label: string };
  readonly context: MessageContext;
  /** What the statement made of it. */
  readonly payload: Buffer;
}

export interface ActionFailure {
  readonly failedAction: string;
  readonly failedResource: string;
  readonly errorMessage: string;
}

export type RuleAction = (
  world: World,
  parts: ActionParts,
  triggered: Triggered,
) => Promise<ActionFailure | undefined> | ActionFailure | undefined;

type Json = Readonly<Record<string, unknown>>;
/** Makes an action of its properties in the template. */
type Kind = (properties: Json) => RuleAction;

const SERVICE = 'iot.amazonaws.com';
const LONGEST_REPUBLISH = 3;

const KINDS: Readonly<Record<string, Kind>> = {
  Kinesis:
    (properties) =>
    (world, { kinesis }, triggered) => {
      const name = textOf(properties, 'StreamName') ?? '';
      const stream = kinesis.find(name);
      const resource = stream?.props.arn ?? arnOf(world.place, 'kinesis', `stream/${name}`);
      const needs = kinesis.writing('kinesis:PutRecord', resource);
      const failed = refused(world, properties, triggered, 'kinesis', `puts a record on ${name}`, needs);
      if (failed !== undefined) return failure('KinesisAction', name, failed);
      if (stream === undefined) return failure('KinesisAction', name, 'The stream does not exist');
      const key = substituted(textOf(properties, 'PartitionKey') ?? '${newuuid()}', triggered.context);
      if (key === '') return failure('KinesisAction', name, 'The partition key is empty');
      stream.put(key, triggered.payload);
      return undefined;
    },

  Sqs:
    (properties) =>
    (world, { sqs }, triggered) => {
      const url = textOf(properties, 'QueueUrl') ?? '';
      const queue = sqs.find(url);
      const needs = sqs.sending(url);
      const name = url.slice(url.lastIndexOf('/') + 1);
      const failed = refused(world, properties, triggered, 'sqs', `sends to queue ${name}`, needs);
      if (failed !== undefined) return failure('SqsAction', name, failed);
      if (queue === undefined) return failure('SqsAction', name, 'The queue does not exist');
      const base64 = properties.UseBase64 === true || properties.UseBase64 === 'true';
      queue.send(triggered.payload.toString(base64 ? 'base64' : 'utf8'));
      sqs.tellIfDead(queue, `rule ${triggered.rule.label} could not do its work`);
      return undefined;
    },

  Sns:
    (properties) =>
    (world, { sns }, triggered) => {
      const arn = textOf(properties, 'TargetArn') ?? '';
      const topic = sns.find(arn);
      const needs = sns.publishNeeds(arn);
      const failed = refused(world, properties, triggered, 'sns', `publishes to topic ${arn}`, needs);
      if (failed !== undefined) return failure('SnsAction', arn, failed);
      if (topic === undefined) return failure('SnsAction', arn, 'The topic does not exist');
      if (textOf(properties, 'MessageFormat') === 'JSON')
        throw new NotModelled('MessageFormat JSON of a rule', 'nothing was published to the topic');
      sns.publish(topic, { message: triggered.payload.toString('utf8'), attributes: {} });
      return undefined;
    },

  Lambda:
    (properties) =>
    async (_world, { functions }, { rule, payload }) => {
      const arn = textOf(properties, 'FunctionArn') ?? '';
      const event = jsonOf(payload);
      if (event === undefined) return failure('LambdaAction', arn, 'The payload for a function is not JSON');
      const done = await functions.invokeBy(
        SERVICE,
        rule.arn,
        arn,
        event,
        'topic rule',
        serviceParty(`rule ${rule.label}`),
      );
      return done ? undefined : failure('LambdaAction', arn, 'The function may not be invoked, or does not exist');
    },

  Republish:
    (properties) =>
    async (world, { publish }, triggered) => {
      const { rule, context, payload } = triggered;
      const topic = substituted(textOf(properties, 'Topic') ?? '', context).replace(/^\$\$/, '$');
      const needs = [{ action: 'iot:Publish', resource: arnOf(world.place, 'iot', `topic/${topic}`) }];
      const failed = refused(world, properties, triggered, 'iot', `publishes to ${topic}`, needs);
      if (failed !== undefined) return failure('RepublishAction', topic, failed);
      // The service stops a rule that feeds itself; how soon is not documented.
      const depth = depthOf(context);
      if (depth > LONGEST_REPUBLISH)
        throw new NotModelled('a rule that feeds itself', 'the message was not published again');
      const qos = String(properties.Qos ?? '0') === '1' ? 1 : 0;
      await publish({
        topic,
        payload: deeper(payload, depth),
        qos,
        retain: false,
        from: serviceParty(`rule ${rule.label}`),
      });
      return undefined;
    },
};

/** An action as the template words it: an object with one key. */
export function actionOf(action: Json): RuleAction {
  const [[name, properties] = ['', undefined]] = Object.entries(action);
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind !== undefined) return kind(recordOf(properties));
  return () => {
    throw new NotModelled(`the action ${name} of a topic rule`, 'it did not happen');
  };
}

/** Kinds of action that are modelled. */
export const ACTIONS: readonly string[] = Object.keys(KINDS);

function refused(
  world: World,
  properties: Json,
  { rule }: Triggered,
  to: string,
  what: string,
  needs: readonly Need[],
): string | undefined {
  const roleArn = textOf(properties, 'RoleArn') ?? '';
  const from = serviceParty(`rule ${rule.label}`);
  const decision = inRole(
    world,
    { service: SERVICE, sourceArn: rule.arn, roleArn, from, to: serviceParty(to), what },
    needs,
  );
  return decision.allowed ? undefined : `${decision.action} on ${decision.resource}: ${decision.missing ?? 'denied'}`;
}

function failure(failedAction: string, failedResource: string, errorMessage: string): ActionFailure {
  return { failedAction, failedResource, errorMessage };
}

function jsonOf(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/** How often a payload has been published again, by the payload itself: the broker hands it on as it is. */
const depths = new WeakMap<Uint8Array, number>();

function depthOf({ payload }: MessageContext): number {
  return (depths.get(payload) ?? 0) + 1;
}

function deeper(payload: Buffer, depth: number): Buffer {
  const copy = Buffer.from(payload);
  depths.set(copy, depth);
  return copy;
}
