import type { Model } from '../model/model';
import { isUnresolved, listOf, textOf } from '../model/value';
import type { Observation, Rule } from '../rule';
import { AUDIT_TYPES, CHECKS, stateOf } from './account';
import { MANDATORY } from './aud2';
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
  check: (model) => [...unscheduled(model), ...schedules(model), ...unnamed(model)],
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
    const names = listOf(TargetCheckNames);
    const location = 'Properties/TargetCheckNames';
    if (names.length === 0) note('checks nothing', { location });
    const unknown = names.filter((name) => typeof name === 'string' && !CHECKS.some((check) => check.name === name));
    if (unknown.length > 0) note(`names what is no check: ${unknown.join(', ')}`, { location });
    const idle = names.filter((name) => typeof name === 'string' && off.has(name));
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

/** Enabled checks, of those that every fleet needs, that no schedule names. */
function unnamed(model: Model): Observation[] {
  const [audit] = model.ofType(...AUDIT_TYPES);
  const audits = model.ofType('AWS::IoT::ScheduledAudit');
  const [first] = audits;
  const names = audits.flatMap(({ variants }) => variants.flatMap(({ value }) => listOf(value.TargetCheckNames)));
  if (audit === undefined || first === undefined || names.some(isUnresolved) || names.length === 0) return [];
  const off = disabledChecks(model);
  const missing = MANDATORY.map(({ name }) => name).filter((name) => !off.has(name) && !names.includes(name));
  if (missing.length === 0) return [];
  return [
    {
      at: first,
      message: `leaves out enabled checks: ${missing.join(', ')}`,
      location: 'Properties/TargetCheckNames',
      severity: 'warning',
    },
  ];
}
