import { isUnresolved, textOf } from '../model/value';
import type { Observation, Rule } from '../rule';
import { ONE_DEVICE } from './id2';
import { principalKey } from './principals';
import { eachResource } from './support';

export const ID3: Rule = {
  id: 'ZTI-ID3',
  title: 'One certificate, one thing',
  tenets: [3, 5],
  severity: 'error',
  strict: true,
  types: ['AWS::IoT::ThingPrincipalAttachment'],
  why: 'A shared certificate cannot say which device spoke, and isolating one isolates all, or none.',
  fix: 'Make a certificate for each device and attach it with ThingPrincipalType EXCLUSIVE_THING.',
  example: ONE_DEVICE,
  evidenceFor: ['IoT Lens IOTSEC01-BP01', 'ETSI EN 303 645 5.4-4', 'IEC 62443-4-2 CR 1.2'],
  runtime: ['DEVICE_CERTIFICATE_SHARED_CHECK'],
  check: (model): Observation[] => {
    const things = new Map<string, Set<string>>();
    for (const resource of model.ofType('AWS::IoT::ThingPrincipalAttachment')) {
      for (const { value } of resource.variants) {
        const key = principalKey(model, value.Principal);
        things.set(key, (things.get(key) ?? new Set()).add(principalKey(model, value.ThingName)));
      }
    }
    return eachResource(model, ['AWS::IoT::ThingPrincipalAttachment'], ({ Principal, ThingPrincipalType }, note) => {
      const count = things.get(principalKey(model, Principal))?.size ?? 0;
      if (count > 1) note(`attaches a certificate to one of ${count} things`, { location: 'Properties/Principal' });
      const location = 'Properties/ThingPrincipalType';
      if (isUnresolved(ThingPrincipalType))
        note(`depends on ${textOf(ThingPrincipalType) ?? ''}`, { location, unverified: true });
      else if (ThingPrincipalType !== 'EXCLUSIVE_THING')
        note('lets the certificate be attached to other things as well', { location, severity: 'warning' });
    });
  },
};
