import { CfnResource, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { BehaviorsDocument, CompiledBehavior } from '../../../lambda/evaluate-behaviors/contract';
import type { ErrorCode } from '../../internal/diagnostics';
import { countedMessages, countsMessages } from './compile';

/** CloudFormation takes no larger stack; https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST_RESOURCES = 500;
const CODE: ErrorCode = 'TooManyTopicFilters';
/** So many behaviors are named. */
const MOST_NAMED = 5;

/** Says at synth that a stack has no room for a rule for each topic filter, before CloudFormation's own error would, and with advice. */
export function limitRules(rules: IConstruct, document: BehaviorsDocument): void {
  const filters = countedMessages(document).reduce(
    (sum, { selection }) => sum + (selection.excluded ? 1 : selection.filters.length),
    0,
  );
  if (filters <= 1) return;
  const stack = Stack.of(rules);
  rules.node.addValidation({
    validate: () => {
      const resources = stack.node
        .findAll()
        .filter((node) => CfnResource.isCfnResource(node) && Stack.of(node) === stack).length;
      const isTheirs = resources > MOST_RESOURCES && resources - filters < MOST_RESOURCES;
      return isTheirs ? [message(stack, resources, filters, document)] : [];
    },
  });
}

function message(stack: Stack, resources: number, filters: number, document: BehaviorsDocument): string {
  const narrowed = narrowedBehaviors(document);
  const more = narrowed.length - MOST_NAMED;
  return (
    `${narrowed.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''} ` +
    `count messages on ${filters} topic filters together, and each takes a rule of AWS IoT: stack '${stack.node.path}' has ${resources} resources, ` +
    `of which ${MOST_RESOURCES} are allowed. Use fewer filters, with '+' and '#', and the same list of filters for several behaviors, ` +
    `or watch with detectors in several stacks [${CODE}]`
  );
}

/** Those that name filters, the most first. */
function narrowedBehaviors({ behaviors, topics }: BehaviorsDocument): string[] {
  const filtersOf = (behavior: CompiledBehavior): number => {
    const selection = topics.find(({ id, excluded }) => id === behavior.on && !excluded);
    return countsMessages(behavior) ? (selection?.filters.length ?? 0) : 0;
  };
  return behaviors
    .map((behavior, index) => ({ index, filters: filtersOf(behavior) }))
    .filter(({ filters }) => filters > 0)
    .sort((one, other) => other.filters - one.filters || one.index - other.index)
    .map(({ index, filters }) => `'behaviors[${index}].onTopics' (${filters})`);
}
