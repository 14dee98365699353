import type { Model, Resource } from '../model/model';
import { at, listOf, targetsOf, type Value } from '../model/value';
import { alertTargets } from './account';
import { functionsOf } from './functions';

/** What stands between an alert and those who act on it, as far as the templates show. */
export interface AlertPath {
  readonly topics: readonly Resource[];
  readonly queues: readonly Resource[];
  /** Functions that a topic calls without a queue between. */
  readonly direct: readonly Resource[];
  readonly mappings: readonly { readonly mapping: Resource; readonly queue: Resource; readonly handler?: Resource }[];
}

export function alertPath(model: Model): AlertPath {
  const topics = resourcesOf(model, alertTargets(model), 'AWS::SNS::Topic');
  // What an endpoint refers to says how it is reached: a queue, or a function.
  const endpoints = [
    ...model
      .ofType('AWS::SNS::Subscription')
      .flatMap(({ variants }) =>
        variants.flatMap(({ value }) =>
          topics.some((topic) => isTarget(value.TopicArn, topic)) ? [value.Endpoint] : [],
        ),
      ),
    ...topics.flatMap((topic) =>
      topic.variants.flatMap(({ value }) => listOf(value.Subscription).map((each) => at(each, 'Endpoint'))),
    ),
  ];
  const queues = resourcesOf(model, endpoints, 'AWS::SQS::Queue');
  const mappings = model.ofType('AWS::Lambda::EventSourceMapping').flatMap((mapping) =>
    mapping.variants.flatMap(({ value }) => {
      const queue = queues.find((each) => isTarget(value.EventSourceArn, each));
      const [handler] = functionsOf(model, value.FunctionName);
      return queue === undefined ? [] : [{ mapping, queue, handler }];
    }),
  );
  return { topics, queues, mappings, direct: resourcesOf(model, endpoints, 'AWS::Lambda::Function') };
}

function isTarget(value: Value | undefined, resource: Resource): boolean {
  return targetsOf(value).some((target) => target.resource === resource.id);
}

function resourcesOf(model: Model, values: readonly (Value | undefined)[], type: string): Resource[] {
  const found = values.flatMap((value) => targetsOf(value).flatMap(({ resource }) => model.byId(resource) ?? []));
  return [...new Set(found)].filter((resource) => resource.type === type);
}
