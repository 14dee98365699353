import type { Model } from '../model/model';
import { isUnresolved, listOf, textOf } from '../model/value';
import type { Observation, Rule } from '../rule';
import { AUDIT_TYPES, CHECKS, stateOf } from './account';
import { AUDIT } from './aud1';
import { conditionOf, standing } from './standing';
import { eachResource } from './support';

const FREQUENT = ['DAILY', 'WEEKLY'];

export const AUD3: Rule = {
  id: 'ZTI-AUD3',
  title: 'The audit runs by itself, often enough',
  tenets: [5, 7],
  severity: 'error',
  strict: true,
  types: [...AUDIT_TYPES, 'AWS::IoT::ScheduledAudit'],
  why: 'Enabled checks do nothing until an audit is started. A scheduled audit that names a check that is off does not deploy.',
  fix: 'Add AWS::IoT::ScheduledAudit with Frequency DAILY and the checks that are enabled.',
  example: AUDIT,
  evidenceFor: ['IoT Lens IOTSEC15-BP02', 'IEC 62443-4-2 CR 6.1'],
  check: (model) => [...unscheduled(model), ...schedules(model)],
};

function unscheduled(model: Model): Observation[] {
  const [audit] = model.ofType(...AUDIT_TYPES);
  const { sure, perhaps } = standing(model, ['AWS::IoT::ScheduledAudit'], audit);
  if (audit === undefined || sure.length > 0) return [];
  const [conditional] = perhaps;
  if (conditional !== undefined)
    return [{ at: audit, message: `is run only under condition ${conditionOf(conditional)}`, unverified: true }];
  return [{ at: audit, message: 'is never run: there is no scheduled audit' }];
}

function schedules(model: Model): Observation[] {
  const off = disabledChecks(model);
  return eachResource(model, ['AWS::IoT::ScheduledAudit'], ({ Frequency, TargetCheckNames }, note) => {
    const frequency = textOf(Frequency) ?? '';
    if (isUnresolved(Frequency))
      note(`depends on ${frequency}`, { location: 'Properties/Frequency', unverified: true });
    else if (!FREQUENT.includes(frequency))
      note(`runs ${frequency.toLowerCase()}`, { location: 'Properties/Frequency', severity: 'warning' });
    const idle = listOf(TargetCheckNames).filter((name) => typeof name === 'string' && off.has(name));
    if (idle.length > 0)
      note(`names checks that are not enabled: ${idle.join(', ')}`, { location: 'Properties/TargetCheckNames' });
  });
}

/** Checks that every audit configuration here turns off. */
function disabledChecks(model: Model): Set<string> {
  const audits = model.ofType(...AUDIT_TYPES);
  const isOff = (check: (typeof CHECKS)[number]): boolean =>
    audits.every((audit) => audit.variants.every(({ value }) => stateOf(audit, value, check) === 'off'));
  return new Set(audits.length === 0 ? [] : CHECKS.filter(isOff).map(({ name }) => name));
}
