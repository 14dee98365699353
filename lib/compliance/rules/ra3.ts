import { covers } from '../policies/acts';
import { hasWildcard, nameOf } from '../policies/pattern';
import type { Rule } from '../rule';
import { CONNECT_AS_ITSELF, iotArn, policyExample } from './examples';
import { eachPolicy, statementPath } from './support';

const ASSUME = 'iot:AssumeRoleWithCertificate';

export const RA3: Rule = {
  id: 'ZTI-RA3',
  title: 'A device takes one named role',
  tenets: [3],
  severity: 'error',
  types: ['AWS::IoT::Policy', 'AWS::IoT::ProvisioningTemplate'],
  why: 'With a wildcard every role alias of the account is open to the device, also one that is made next year for something else.',
  fix: 'Name the role alias: rolealias/pumps.',
  example: {
    DevicePolicy: policyExample(CONNECT_AS_ITSELF, {
      Effect: 'Allow',
      Action: ASSUME,
      Resource: iotArn('rolealias/pumps'),
    }),
  },
  evidenceFor: ['IoT Lens IOTSEC04-BP01', 'IEC 62443-4-2 CR 2.1'],
  runtime: ['IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK'],
  check: (model) =>
    eachPolicy(model, ({ analysis }, note) => {
      for (const statement of analysis.text.statements) {
        if (statement.denies || !covers(statement, ASSUME)) continue;
        const wild = statement.resources.filter((resource) => hasWildcard(nameOf(resource, 'rolealias') ?? ''));
        const all = statement.notResources.length > 0 ? ['all but NotResource'] : wild;
        if (all.length > 0)
          note(`allows ${ASSUME} on ${all.join(', ')}: any role alias that matches can be used`, {
            location: statementPath(statement.index),
          });
      }
    }),
};
