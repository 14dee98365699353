import type { Model, Resource } from '../model/model';
import { isQuarantine } from '../attachments';
import { textOf } from '../model/value';
import type { FoundPolicy } from '../policies/find';
import { policiesOf } from '../policies/find';
import type { Rule } from '../rule';
import { AUDIT_TYPES, LOGGING_TYPES } from '../rules/account';
import { alertPath } from '../rules/alert-path';
import { ATTACHMENT, servesPool } from '../rules/cog1';
import { isClaimPolicy } from '../rules/support';

type Subjects = (model: Model) => readonly Resource[];

const withPolicy =
  (isMeant: (policy: FoundPolicy) => boolean): Subjects =>
  (model) => [
    ...new Set(
      policiesOf(model)
        .filter(isMeant)
        .map(({ resource }) => resource),
    ),
  ];

const ofType =
  (...types: readonly string[]): Subjects =>
  (model) =>
    model.ofType(...types);

/**
 * What a pass of a rule says something of, where that is less than all resources of its types: a thing group that isolates
 * nobody does not show that a quarantine isolates, and an app without an audit does not show that the account is audited.
 */
const SUBJECTS: ReadonlyMap<string, Subjects> = new Map<string, Subjects>([
  ['ZTI-POL2', withPolicy((policy) => !isClaimPolicy(policy))],
  ['ZTI-PRV1', (model) => ofType('AWS::IoT::ProvisioningTemplate')(model).filter((each) => !isJitp(each))],
  ['ZTI-PRV2', withPolicy(isClaimPolicy)],
  ['ZTI-PRV4', (model) => [...ofType('AWS::Lambda::Permission')(model).filter(isForIot), ...withHook(model)]],
  [
    'ZTI-COG1',
    (model) => [
      ...ofType(ATTACHMENT)(model),
      ...ofType('AWS::IAM::Role')(model).filter((role) => servesPool(model, role)),
    ],
  ],
  ['ZTI-AUD1', ofType(...AUDIT_TYPES)],
  ['ZTI-LOG1', ofType(...LOGGING_TYPES)],
  ['ZTI-MIT1', (model) => ofType('AWS::IoT::ThingGroup')(model).filter((group) => isQuarantine(model, group))],
  ['ZTI-MIT3', (model) => pathOf(model, true)],
  ['ZTI-ENC1', (model) => pathOf(model, false)],
]);

/** Rules that look at all templates at once and report the first place: one finding leaves nothing proven. */
const WHOLE: readonly string[] = ['ZTI-AUD1', 'ZTI-AUD3', 'ZTI-DET2', 'ZTI-MIT2', 'ZTI-LOG1'];

export function subjectsOf(rule: Rule, model: Model): readonly Resource[] {
  const own = SUBJECTS.get(rule.id);
  if (own !== undefined) return own(model);
  // Of provisioning templates only the policies in them are judged by rules for policies.
  return rule.types.includes('AWS::IoT::Policy') ? withPolicy(() => true)(model) : model.ofType(...rule.types);
}

export function isWhole({ id }: Rule): boolean {
  return WHOLE.includes(id);
}

function isJitp({ variants }: Resource): boolean {
  return variants.every(({ value }) => value.TemplateType === 'JITP');
}

function isForIot({ variants }: Resource): boolean {
  return variants.some(({ value }) => textOf(value.Principal)?.toLowerCase() === 'iot.amazonaws.com');
}

function withHook(model: Model): Resource[] {
  return model
    .ofType('AWS::IoT::ProvisioningTemplate')
    .filter(({ variants }) => variants.some(({ value }) => value.PreProvisioningHook !== undefined));
}

function pathOf(model: Model, withHandlers: boolean): Resource[] {
  const { topics, queues, mappings, direct } = alertPath(model);
  const handlers = mappings.flatMap(({ mapping, handler }) => (handler === undefined ? [mapping] : [mapping, handler]));
  const all = withHandlers ? [...queues, ...handlers, ...direct] : [...topics, ...queues];
  return [...new Set(all)];
}
