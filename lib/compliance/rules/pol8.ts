import { DEVICE_ACTIONS } from '../policies/acts';
import { hasWildcard } from '../policies/pattern';
import type { Rule } from '../rule';
import { DEVICE_POLICY } from './examples';
import { eachPolicy, statementPath } from './support';

const KNOWN = DEVICE_ACTIONS.map((action) => action.toLowerCase());

export const POL8: Rule = {
  id: 'ZTI-POL8',
  title: 'A device policy allows a list, and nothing that manages the account',
  tenets: [3],
  severity: 'error',
  types: ['AWS::IoT::Policy', 'AWS::IoT::ProvisioningTemplate'],
  why: 'NotAction and NotResource allow everything but what somebody thought of. With AttachPolicy, UpdateCertificate or CreateKeysAndCertificate a device gives itself any right.',
  fix: 'Write Action and Resource, with data plane actions only.',
  example: { DevicePolicy: DEVICE_POLICY },
  evidenceFor: ['IoT Lens IOTSEC04-BP01', 'IEC 62443-4-2 CR 2.1', 'EU CRA Annex I (2)(d)'],
  check: (model) =>
    eachPolicy(model, ({ analysis }, note) => {
      for (const statement of analysis.text.statements.filter(({ denies }) => !denies)) {
        const location = statementPath(statement.index);
        if (statement.notActions.length > 0) note('allows every action but those in NotAction', { location });
        if (statement.notResources.length > 0) note('allows every resource but those in NotResource', { location });
        const foreign = statement.actions.filter((action) => !hasWildcard(action) && !isDeviceAction(action));
        if (foreign.length > 0) note(`allows ${foreign.join(', ')}, which no device needs`, { location });
      }
    }),
};

/**
 * What cores and client devices of Greengrass ask its data plane, in version 2 and 1.
 *
 * @see https://docs.aws.amazon.com/greengrass/v2/developerguide/device-auth.html
 * @see https://docs.aws.amazon.com/greengrass/v1/developerguide/device-auth.html
 */
const GREENGRASS = [
  'GetComponentVersionArtifact',
  'ResolveComponentCandidates',
  'GetDeploymentConfiguration',
  'ListThingGroupsForCoreDevice',
  'VerifyClientDeviceIdentity',
  'VerifyClientDeviceIoTCertificateAssociation',
  'PutCertificateAuthorities',
  'GetConnectivityInfo',
  'UpdateConnectivityInfo',
  'Discover',
  'AssumeRoleForGroup',
  'CreateCertificate',
  'GetDeployment',
  'GetDeploymentArtifacts',
  'UpdateCoreDeploymentStatus',
].map((name) => `greengrass:${name}`.toLowerCase());

/** Unknown parts are reported as such. */
function isDeviceAction(action: string): boolean {
  const name = action.toLowerCase();
  return KNOWN.includes(name) || GREENGRASS.includes(name) || name.includes('<');
}
