import { type App, Aspects, type CfnElement, CfnOutput, CfnResource, Stack } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { nameOnce } from '../../lib/internal/name-once';
import { testApp } from '../support/app';

/** Counts how often a name is worked out. */
class CountingStack extends Stack {
  public readonly counted = new Map<string, number>();

  protected override allocateLogicalId(element: CfnElement): string {
    const { path } = element.node;
    this.counted.set(path, (this.counted.get(path) ?? 0) + 1);
    return super.allocateLogicalId(element);
  }
}

class Parts extends Construct {
  public readonly topic = new CfnResource(this, 'Topic', { type: 'AWS::SNS::Topic' });
  public readonly policy = new CfnResource(this, 'Policy', {
    type: 'AWS::SNS::TopicPolicy',
    properties: {
      Topics: [this.topic.ref],
      PolicyDocument: { Resource: [this.topic.getAtt('TopicArn'), this.topic.ref] },
    },
  });

  constructor(scope: Construct, named = true) {
    super(scope, 'Parts');
    if (named) nameOnce(this);
  }
}

function synthesized(stack: Stack, app = stack.node.root as App, force = false): Record<string, unknown> {
  return app.synth({ force }).getStackByName(stack.stackName).template as Record<string, unknown>;
}

function visitor(visit: (node: IConstruct) => void) {
  return { visit };
}

test('each name is worked out once, and the template is the same', () => {
  const [once, often] = [true, false].map((named) => {
    const stack = new CountingStack(testApp(), 'Names');
    new Parts(stack, named);
    return { template: synthesized(stack), counted: stack.counted };
  });
  expect(once!.template).toEqual(often!.template);
  expect(once!.counted.get('Names/Parts/Topic')).toBe(1);
  expect(once!.counted.get('Names/Parts/Policy')).toBe(1);
  expect(often!.counted.get('Names/Parts/Topic')).toBeGreaterThan(3);
});

test('what is beside it is left alone', () => {
  const stack = new CountingStack(testApp(), 'Names');
  const parts = new Parts(stack);
  new CfnOutput(stack, 'Other', { value: parts.topic.ref });
  synthesized(stack);
  expect(stack.counted.get('Names/Other')).toBeGreaterThan(1);
});

test('names that users give hold: overridden, renamed, or overridden by an aspect of any priority', () => {
  for (const priority of [undefined, 0, 200, 1000]) {
    const stack = new Stack(testApp(), 'Names');
    const { topic, policy } = new Parts(stack);
    stack.renameLogicalId(stack.getLogicalId(policy), 'Renamed');
    if (priority === undefined) topic.overrideLogicalId('Mine');
    else
      Aspects.of(stack).add(
        visitor((node) => node === topic && topic.overrideLogicalId('Mine')),
        { priority },
      );
    expect(synthesized(stack)).toMatchObject({
      Resources: { Mine: {}, Renamed: { Properties: { Topics: [{ Ref: 'Mine' }] } } },
    });
  }
});

test('an aspect that adds aspects, or resources, works as before', () => {
  const stack = new Stack(testApp({ '@aws-cdk/core:aspectStabilization': true }), 'Names');
  const parts = new Parts(stack);
  const seen: string[] = [];
  const late = visitor((node) => seen.push(node.node.id));
  Aspects.of(stack).add(
    visitor((node) => {
      if (node !== parts.policy) return;
      Aspects.of(parts.topic).add(late, { priority: 1 });
      if (parts.node.tryFindChild('Late') === undefined) new CfnResource(parts, 'Late', { type: 'AWS::SNS::Topic' });
    }),
    { priority: 1 },
  );
  expect(Object.keys(synthesized(stack).Resources as object)).toHaveLength(3);
  expect(seen).toEqual(['Topic']);
});

test('what is exported keeps its name, by hand or to another stack, also when it is synthesized again', () => {
  const app = testApp();
  const [by, to] = ['ByHand', 'Across'].map((id) => new Stack(app, id));
  const [hand, across] = [by!, to!].map((stack) => new Parts(stack));
  by!.exportValue(hand!.topic.ref);
  new CfnOutput(new Stack(app, 'Reader'), 'Topic', { value: across!.topic.ref });
  const first = [by!, to!].map((stack) => synthesized(stack, app));
  expect([by!, to!].map((stack) => synthesized(stack, app, true))).toEqual(first);
  for (const template of first) expect(Object.values(template.Outputs as object)).toHaveLength(1);
});
