import { type IamGrant, namesSource, rightsOf, roleOf, services, trustsAnybody } from '../iam/role';
import { textOf } from '../model/value';
import { matches, wildcards } from '../../policy/evaluator/glob';
import { hasWildcard, isBounded, piecesOf } from '../policies/pattern';
import type { Rule } from '../rule';
import { ROLE_ALIAS } from './ra1';
import { eachResource, type Note } from './support';

/** Services by which an attacker blinds those who look, or makes new identities. */
const FORBIDDEN = [
  'iam',
  'cloudtrail',
  'guardduty',
  'inspector',
  'inspector2',
  'trustedadvisor',
  'config',
  'securityhub',
  'organizations',
  'sts',
];
const LONGEST_SERVICE = 64;
/** Actions for which IAM knows no resource. */
const WITHOUT_RESOURCE = ['cloudwatch:putmetricdata', 'xray:puttracesegments', 'xray:puttelemetryrecords'];
const DEVICE_VARIABLES = ['credentials-iot:thingname', 'credentials-iot:awscertificateid'];

export const RA2: Rule = {
  id: 'ZTI-RA2',
  title: "A role for devices reaches what is the device's own",
  tenets: [3, 6],
  severity: 'error',
  types: ['AWS::IoT::RoleAlias'],
  why: 'One role serves the whole fleet. Without the thing name in the resource each device reads and writes the data of all.',
  fix: 'Put ${credentials-iot:ThingName} in a level of its own before the first wildcard, name the actions, and tie the trust policy to the role alias.',
  example: ROLE_ALIAS,
  evidenceFor: ['IoT Lens IOTSEC04-BP01', 'IEC 62443-4-2 CR 2.1'],
  runtime: ['IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK', 'IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK'],
  check: (model) =>
    eachResource(model, ['AWS::IoT::RoleAlias'], ({ RoleArn }, note) => {
      const location = 'Properties/RoleArn';
      const role = roleOf(model, RoleArn);
      if (role === undefined) {
        note(`the role ${textOf(RoleArn) ?? ''} is not in the templates`, { location, unverified: true });
        return;
      }
      const { grants, managed, trust } = rightsOf(model, role);
      for (const grant of grants.filter(({ denies }) => !denies)) judge(grant, note);
      if (managed.length > 0) note(`devices get ${managed.join(', ')}, which knows no thing name`, { location });
      if (trust.some(trustsAnybody)) note('the trust policy lets anybody take the role', { location });
      const unbound = trust.some(
        (statement) => services(statement).includes('credentials.iot.amazonaws.com') && !namesSource(statement),
      );
      if (unbound)
        note('the trust policy does not say for which account or role alias (aws:SourceAccount, aws:SourceArn)', {
          location,
        });
    }),
};

function judge(grant: IamGrant, note: Note): void {
  const location = 'Properties/RoleArn';
  const actions = [...grant.actions, ...grant.notActions.map((name) => `all but ${name}`)].join(', ');
  const broad = grant.notActions.length > 0 || grant.actions.some((action) => action === '*' || action.endsWith(':*'));
  if (broad) note(`devices may ${actions}`, { location });
  const forbidden = grant.actions.filter(isForbidden);
  if (forbidden.length > 0) note(`devices may ${forbidden.join(', ')}`, { location });
  if (grant.actions.length > 0 && grant.actions.every((action) => WITHOUT_RESOURCE.includes(action.toLowerCase())))
    return;
  const bound = grant.conditionValues.some(isOwn);
  const open = bound ? [] : grant.resources.filter((resource) => hasWildcard(resource) && !isOwn(resource));
  if (open.length > 0)
    note(`every device may ${actions} on ${open.join(', ')}, also on what is another's`, { location });
  if (grant.isOpen) note(`the role's rights depend on ${grant.resources.join(', ')}`, { location, unverified: true });
}

/** Also by a wildcard in the name of the service. */
function isForbidden(action: string): boolean {
  const [service = ''] = action.toLowerCase().split(':', 1);
  if (service.length > LONGEST_SERVICE) return service.includes('*');
  return FORBIDDEN.some((name) => (hasWildcard(service) ? matches(wildcards(service), name) : service === name));
}

function isOwn(resource: string): boolean {
  return isBounded(
    piecesOf(resource),
    (piece) => piece.kind === 'variable' && DEVICE_VARIABLES.includes(piece.name.toLowerCase()),
  );
}
