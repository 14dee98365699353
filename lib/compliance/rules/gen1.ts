import type { Model } from '../model/model';
import { type Hole, openHolesWithin, type Value } from '../model/value';
import { CHOSEN_CLIENT_ID } from '../policies/reach';
import { isConnectBoundBeside } from '../policies/siblings';
import type { Observation, Rule } from '../rule';
import { DEVICE_POLICY } from './examples';
import { eachPolicy, eachResource } from './support';

export const GEN1: Rule = {
  id: 'ZTI-GEN1',
  title: 'What cannot be verified is said, not passed',
  tenets: [5],
  severity: 'warning',
  strict: true,
  types: [],
  why: 'A parameter, an import or a macro can put anything where a rule looks. A check that passes what it cannot see proves nothing.',
  fix: 'Write the value in the template, give the parameter AllowedValues, or check the template that exports it in the same run.',
  example: { DevicePolicy: DEVICE_POLICY },
  evidenceFor: ['IoT Lens IOTSEC15-BP03'],
  check: (model): Observation[] => [
    ...hidden(model),
    ...taken(model),
    ...model.gaps.map(({ message, location, ...at }) => ({ at, message, location })),
    ...eachPolicy(model, (policy, note) => {
      const { analysis } = policy;
      const unknown = analysis.unknown.filter(
        (why) =>
          (why !== CHOSEN_CLIENT_ID || !isConnectBoundBeside(model, policy)) &&
          !isAboutTaken(why) &&
          !analysis.mistaken.includes(why),
      );
      for (const why of analysis.mistaken) note(why, { severity: 'error' });
      if (unknown.length > 0) note(`the policy cannot be judged in full: ${unknown.join('; ')}`);
      if (analysis.refused.length > 0)
        note(`the policy cannot be judged, AWS IoT would refuse it: ${analysis.refused.join('; ')}`, {
          severity: 'error',
        });
    }),
  ],
};

/** Properties that say nothing of security. */
const IRRELEVANT = ['Tags', 'Description'];

/** Parts of resources for devices that a macro or an unknown function writes: no rule can look there. */
function hidden(model: Model): Observation[] {
  const types = [...new Set(model.resources.map(({ type }) => type))].filter(
    (type) => type.startsWith('AWS::IoT::') && type !== 'AWS::IoT::Policy',
  );
  return eachResource(model, types, (properties, note) => {
    for (const [name, value] of Object.entries(properties)) {
      const holes = IRRELEVANT.includes(name)
        ? []
        : openHolesWithin(value).filter((hole) => hole.kind === 'unknown' && variableOf(hole) === undefined);
      if (holes.length === 0) continue;
      const location = name === '' ? 'Properties' : `Properties/${name}`;
      note(`depends on ${[...new Set(holes.map(String))].join(', ')}, which cannot be worked out`, { location });
    }
  });
}

/** What AWS IoT fills in: variables of policies, and functions in the topics of a rule. */
const VARIABLE =
  /^(?:Ref|GetAtt|Sub):((?:(?:iot|aws|credentials-iot|cognito-identity\.amazonaws\.com):[^:]|[a-z]\w*\().*)$/;

/**
 * The variable that stands in a text for `Fn::Sub`, which knows names of the template alone: the deployment fails.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
 */
function variableOf({ kind, label }: Hole): string | undefined {
  return kind === 'unknown' ? VARIABLE.exec(label)?.[1] : undefined;
}

/** Each once, and looked at once: one text may say it tens of thousands of times. */
function variablesIn(value: Value): string[] {
  const holes = new Map<string, Hole>();
  for (const hole of openHolesWithin(value)) if (hole.kind === 'unknown') holes.set(hole.label, hole);
  return [...new Set([...holes.values()].flatMap((hole) => variableOf(hole) ?? []))];
}

/** Policies and roles in which `Fn::Sub` takes a variable of AWS IoT: the mistake that is made most, and easy to mend. */
function taken(model: Model): Observation[] {
  const types = [...new Set(model.resources.map(({ type }) => type))].filter((type) =>
    /^AWS::(?:IoT|IAM)::/.test(type),
  );
  return eachResource(model, types, (properties, note) => {
    for (const [name, value] of Object.entries(properties)) {
      const variables = variablesIn(value);
      if (variables.length === 0) continue;
      const [written, meant] = ['${', '${!'].map((start) => variables.map((each) => `${start}${each}}`).join(', '));
      note(`Fn::Sub takes ${written} for a name of the template, and the deployment fails: write ${meant}`, {
        severity: 'error',
        location: `Properties/${name}`,
      });
    }
  });
}

function isAboutTaken(why: string): boolean {
  const [, label] = /^(?:it|the document) depends on ‹(.*)›$/.exec(why) ?? [];
  return label !== undefined && VARIABLE.test(label);
}
