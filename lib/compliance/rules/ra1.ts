import { isUnresolved, numberOf, textOf } from '../model/value';
import type { Rule } from '../rule';
import { iotArn, roleExample } from './examples';
import { eachResource } from './support';

/** AWS's default, and the longest that a stolen credential should live. */
const MAX_SECONDS = 3600;

/** Credentials of a device for its own prefix in one bucket. */
export const ROLE_ALIAS = {
  Alias: {
    Type: 'AWS::IoT::RoleAlias',
    Properties: {
      RoleAlias: 'pumps',
      RoleArn: { 'Fn::GetAtt': ['DeviceRole', 'Arn'] },
      CredentialDurationSeconds: 900,
    },
  },
  DeviceRole: roleExample(
    'credentials.iot.amazonaws.com',
    { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::pump-logs/${credentials-iot:ThingName}/*' },
    iotArn('rolealias/pumps'),
  ),
};

export const RA1: Rule = {
  id: 'ZTI-RA1',
  title: 'Credentials of devices are short-lived',
  tenets: [3],
  severity: 'error',
  types: ['AWS::IoT::RoleAlias'],
  why: 'Credentials that were given out cannot be called back: an isolated device goes on with them until they end.',
  fix: 'Set CredentialDurationSeconds to 900 to 3600.',
  example: ROLE_ALIAS,
  evidenceFor: ['IoT Lens IOTSEC04-BP01', 'IEC 62443-4-2 CR 2.1'],
  check: (model) =>
    eachResource(model, ['AWS::IoT::RoleAlias'], ({ CredentialDurationSeconds }, note) => {
      const location = 'Properties/CredentialDurationSeconds';
      const seconds = numberOf(CredentialDurationSeconds);
      if (isUnresolved(CredentialDurationSeconds))
        note(`depends on ${textOf(CredentialDurationSeconds) ?? ''}`, { location, unverified: true });
      else if (seconds !== undefined && seconds > MAX_SECONDS)
        note(`gives out credentials for ${seconds} s; an isolated device keeps them so long`, { location });
    }),
};
