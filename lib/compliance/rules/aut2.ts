import { booleanOf, textOf, isUnresolved } from '../model/value';
import type { Rule } from '../rule';
import { AUTHORIZER } from './aut1';
import { eachResource } from './support';

export const AUT2: Rule = {
  id: 'ZTI-AUT2',
  title: 'An authorization is not kept for the next request',
  tenets: [3, 6],
  severity: 'warning',
  types: ['AWS::IoT::Authorizer'],
  why: 'A cached answer lets a device go on after its right was taken away.',
  fix: 'Leave EnableCachingForHttp false.',
  example: { Authorizer: AUTHORIZER },
  evidenceFor: ['IEC 62443-4-2 CR 2.1'],
  check: (model) =>
    eachResource(model, ['AWS::IoT::Authorizer'], ({ EnableCachingForHttp }, note) => {
      const location = 'Properties/EnableCachingForHttp';
      if (isUnresolved(EnableCachingForHttp))
        note(`depends on ${textOf(EnableCachingForHttp) ?? ''}`, { location, unverified: true });
      else if (booleanOf(EnableCachingForHttp) === true)
        note('keeps the answer of the authorizer for later HTTP requests', { location });
    }),
};
