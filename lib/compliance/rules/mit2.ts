import { at, booleanOf, listOf, targetsOf, textOf } from '../model/value';
import type { Model } from '../model/model';
import type { Observation, Rule } from '../rule';
import { alertTargets } from './account';
import { PROFILE } from './det1';
import { eachResource } from './support';

const SOURCES = ['AWS::IoT::SecurityProfile', 'AWS::IoT::AccountAuditConfiguration', 'Custom::IotAccountAudit'];

export const MIT2: Rule = {
  id: 'ZTI-MIT2',
  title: 'An alert is followed by an action',
  tenets: [5, 6],
  severity: 'warning',
  strict: true,
  types: ['AWS::IoT::MitigationAction', ...SOURCES],
  why: 'An alert that only a person can act on waits until Monday. And a device that is in ten groups already cannot be put into quarantine unless dynamic groups may give way.',
  fix: 'Subscribe a queue or function to the alert topic, or define mitigation actions; set OverrideDynamicGroups true.',
  example: PROFILE,
  evidenceFor: ['IoT Lens IOTSEC06-BP03', 'IoT Lens IOTSEC11-BP01'],
  check: (model) => [...unanswered(model), ...blocked(model)],
};

function unanswered(model: Model): Observation[] {
  const [source] = model.ofType(...SOURCES);
  const targets = alertTargets(model);
  if (source === undefined || targets.length === 0 || model.ofType('AWS::IoT::MitigationAction').length > 0) return [];
  const topics = targets.map((target) => targetsOf(target)[0]?.resource ?? textOf(target) ?? '');
  if (subscribers(model).some((topic) => topics.includes(topic))) return [];
  const isHere = targets.some((target) => targetsOf(target).some(({ resource }) => model.byId(resource) !== undefined));
  const message = isHere
    ? 'alerts, and nothing acts on it: no mitigation action, no queue and no function'
    : 'alerts through a topic that is not in the templates: whether something acts on it is not known';
  return [{ at: source, message, unverified: !isHere }];
}

/** Topics that something other than a mailbox is subscribed to. */
function subscribers(model: Model): string[] {
  return model.ofType('AWS::SNS::Subscription', 'AWS::SNS::Topic').flatMap(({ id, variants }) =>
    variants.flatMap(({ value }) => {
      const own =
        value.Protocol === undefined
          ? listOf(value.Subscription).map((each) => at(each, 'Protocol'))
          : [value.Protocol];
      const acts = own.some((protocol) => ['lambda', 'sqs', 'https', 'firehose'].includes(textOf(protocol) ?? ''));
      return acts ? [targetsOf(value.TopicArn)[0]?.resource ?? textOf(value.TopicArn) ?? id] : [];
    }),
  );
}

function blocked(model: Model): Observation[] {
  return eachResource(model, ['AWS::IoT::MitigationAction'], ({ ActionParams }, note) => {
    const add = at(ActionParams, 'AddThingsToThingGroupParams');
    if (add === undefined || booleanOf(at(add, 'OverrideDynamicGroups')) === true) return;
    note('fails for a device that is in ten groups', {
      location: 'Properties/ActionParams/AddThingsToThingGroupParams/OverrideDynamicGroups',
    });
  });
}
