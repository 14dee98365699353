import type { Model, Resource } from '../model/model';
import { at, listOf, targetsOf, type Value } from '../model/value';

/** The functions that a value refers to, also by an alias or a version of one. */
export function functionsOf(model: Model, value: Value | undefined): Resource[] {
  return targetsOf(value).flatMap(({ resource: id }) => {
    const resource = model.byId(id);
    if (resource === undefined) return [];
    if (!['AWS::Lambda::Alias', 'AWS::Lambda::Version'].includes(resource.type)) return [resource];
    return resource.variants.flatMap(({ value: { FunctionName } }) => functionsOf(model, FunctionName));
  });
}

/** Functions that AWS IoT calls: hooks of enrollment, authorizers, actions of rules. */
export function calledByIot(model: Model): ReadonlySet<Resource> {
  const valuesOf = (type: string, read: (value: Value) => (Value | undefined)[]): (Value | undefined)[] =>
    model.ofType(type).flatMap(({ variants }) => variants.flatMap(({ value }) => read(value)));
  const values = [
    ...valuesOf('AWS::IoT::ProvisioningTemplate', (value) => [at(value, 'PreProvisioningHook', 'TargetArn')]),
    ...valuesOf('AWS::IoT::Authorizer', (value) => [at(value, 'AuthorizerFunctionArn')]),
    ...valuesOf('AWS::IoT::TopicRule', (value) =>
      listOf(at(value, 'TopicRulePayload', 'Actions')).map((action) => at(action, 'Lambda', 'FunctionArn')),
    ),
  ];
  return new Set(values.flatMap((value) => functionsOf(model, value)));
}
