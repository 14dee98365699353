import { type IamGrant, rightsOf, roleOf, services, trustsAnybody } from '../iam/role';
import { sourceAsked } from '../iam/source';
import { textOf } from '../model/value';
import { afterArn, hasWildcard, isBounded, matchesName, piecesOf } from '../policies/pattern';
import type { Model, Resource } from '../model/model';
import type { Observation, Rule } from '../rule';
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
  check: (model) => {
    const judged = new Set<Resource>();
    const behind = eachResource(model, ['AWS::IoT::RoleAlias'], ({ RoleArn }, note) => {
      const location = 'Properties/RoleArn';
      const role = roleOf(model, RoleArn);
      if (role === undefined) {
        note(`the role ${textOf(RoleArn) ?? ''} is not in the templates`, { location, unverified: true });
        return;
      }
      judged.add(role);
      judgeRole(model, role, location, note);
    });
    // An alias may be made elsewhere: who trusts the credential provider serves devices all the same.
    const others = model.ofType('AWS::IAM::Role').filter((role) => !judged.has(role) && trustsDevices(model, role));
    return [
      ...behind,
      ...others.flatMap((role) => {
        const found: Observation[] = [];
        judgeRole(model, role, 'Properties', (message, details) => found.push({ at: role, message, ...details }));
        return found;
      }),
    ];
  },
};

const PROVIDER = 'credentials.iot.amazonaws.com';

function trustsDevices(model: Model, role: Resource): boolean {
  return rightsOf(model, role).trust.some((statement) => services(statement).includes(PROVIDER));
}

function judgeRole(model: Model, role: Resource, location: string, note: Note): void {
  const { grants, managed, trust, trustIsKnown } = rightsOf(model, role);
  for (const grant of grants.filter(({ denies }) => !denies)) judge(grant, location, note);
  if (managed.length > 0) note(`devices get ${managed.join(', ')}, which knows no thing name`, { location });
  if (!trustIsKnown) note("the role's trust policy is only known at deployment", { location, unverified: true });
  if (trust.some(trustsAnybody)) note('the trust policy lets anybody take the role', { location });
  const sources = trust.filter((statement) => services(statement).includes(PROVIDER)).map(sourceAsked);
  if (sources.includes('anybody'))
    note('the trust policy does not say for which account or role alias (aws:SourceAccount, aws:SourceArn)', {
      location,
    });
  else if (sources.includes('unknown'))
    note('for which account or role alias the trust policy is, is only known at deployment', {
      location,
      unverified: true,
    });
}

function judge(grant: IamGrant, location: string, note: Note): void {
  const actions = [...grant.actions, ...grant.notActions.map((name) => `all but ${name}`)].join(', ');
  const broad = grant.notActions.length > 0 || grant.actions.some((action) => action === '*' || action.endsWith(':*'));
  if (broad) note(`devices may ${actions}`, { location });
  const forbidden = grant.actions.filter(isForbidden);
  if (forbidden.length > 0) note(`devices may ${forbidden.join(', ')}`, { location });
  if (grant.actions.length > 0 && grant.actions.every((action) => WITHOUT_RESOURCE.includes(action.toLowerCase())))
    return;
  const bound = grant.conditionValues.some((values) => values.length > 0 && values.every(isOwn));
  const open = bound ? [] : grant.resources.filter((resource) => hasWildcard(resource) && !isOwn(resource));
  if (open.length > 0)
    note(`every device may ${actions} on ${open.join(', ')}, also on what is another's`, { location });
  if (grant.isOpen) note(`the role's rights depend on ${grant.resources.join(', ')}`, { location, unverified: true });
}

/** Also by a wildcard in the name of the service. */
function isForbidden(action: string): boolean {
  const [service = ''] = action.toLowerCase().split(':', 1);
  if (service.length > LONGEST_SERVICE) return service.includes('*');
  return FORBIDDEN.some((name) => matchesName(service, name));
}

/** A wildcard for the region or the account of an ARN does not reach what follows: IAM compares part by part. */
function isOwn(resource: string): boolean {
  return isBounded(
    piecesOf(afterArn(resource) ?? resource),
    (piece) => piece.kind === 'variable' && DEVICE_VARIABLES.includes(piece.name.toLowerCase()),
  );
}
