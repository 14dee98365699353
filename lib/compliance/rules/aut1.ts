import { booleanOf, isMap, isUnresolved, textOf } from '../model/value';
import type { Rule } from '../rule';
import { hasText } from './account';
import { eachResource } from './support';

export const AUTHORIZER = {
  Type: 'AWS::IoT::Authorizer',
  Properties: {
    AuthorizerFunctionArn: {
      'Fn::Sub': 'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:authorize',
    },
    Status: 'ACTIVE',
    SigningDisabled: false,
    TokenKeyName: 'token',
    TokenSigningPublicKeys: { first: '-----BEGIN PUBLIC KEY-----\nMII...\n-----END PUBLIC KEY-----' },
    EnableCachingForHttp: false,
  },
};

export const AUT1: Rule = {
  id: 'ZTI-AUT1',
  title: 'A custom authorizer is called for signed tokens only',
  tenets: [3, 6],
  severity: 'error',
  types: ['AWS::IoT::Authorizer'],
  why: 'Without signatures everybody on the internet runs the function, as often as they like, with any token.',
  fix: 'Give TokenKeyName and TokenSigningPublicKeys and leave SigningDisabled false.',
  example: { Authorizer: AUTHORIZER },
  evidenceFor: ['IEC 62443-4-2 CR 1.2', 'AWS Config IOT_AUTHORIZER_TOKEN_SIGNING_ENABLED'],
  check: (model) =>
    eachResource(model, ['AWS::IoT::Authorizer'], ({ SigningDisabled, TokenSigningPublicKeys }, note) => {
      const location = 'Properties/SigningDisabled';
      if (isUnresolved(SigningDisabled))
        note(`depends on ${textOf(SigningDisabled) ?? ''}`, { location, unverified: true });
      else if (booleanOf(SigningDisabled) === true) note('accepts tokens that nobody signed', { location });
      else if (
        TokenSigningPublicKeys === undefined ||
        (isMap(TokenSigningPublicKeys) && !Object.values(TokenSigningPublicKeys).some(hasText))
      ) {
        note('has no key to check the signature of a token with', { location: 'Properties/TokenSigningPublicKeys' });
      }
    }),
};
