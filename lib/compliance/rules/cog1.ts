import { type IamGrant, rightsOf, roleOf } from '../iam/role';
import type { Model, Resource } from '../model/model';
import { at, isMap, listOf, textOf, type Value, type ValueMap } from '../model/value';
import { afterArn, hasWildcard, isBounded, matchesName, piecesOf } from '../policies/pattern';
import type { Observation, Rule } from '../rule';
import { eachResource, type Note } from './support';

const PROVIDER = 'cognito-identity.amazonaws.com';
const IDENTITY = `${PROVIDER}:sub`;
export const ATTACHMENT = 'AWS::Cognito::IdentityPoolRoleAttachment';
/** What a device or an app does with what is its own; wildcards are judged by the resource. */
const OWN_DATA = [
  'iot:connect',
  'iot:publish',
  'iot:retainpublish',
  'iot:receive',
  'iot:subscribe',
  'iot:getthingshadow',
  'iot:updatethingshadow',
  'iot:deletethingshadow',
  'iot:listnamedshadowsforthing',
  'iot:getretainedmessage',
  'iotjobsdata:describejobexecution',
  'iotjobsdata:getpendingjobexecutions',
  'iotjobsdata:startnextpendingjobexecution',
  'iotjobsdata:updatejobexecution',
];
/** What the registry knows of a thing: for those who signed in, of one thing only. */
const OF_THE_REGISTRY = ['iot:describething', 'iot:listthingprincipals', 'iot:listthinggroupsforthing'];
/** The address of an account is no secret, and has no resource. */
const HARMLESS = ['iot:describeendpoint'];
const SERVICES = ['iot', 'iotjobsdata'];
/** Policies of AWS that reach AWS IoT. */
const MANAGED = /policy\/(?:.*\/)?(?:AWSIoT\w*|AdministratorAccess|PowerUserAccess|ReadOnlyAccess)$/;
const LONGEST_ACTION = 128;

interface Served {
  readonly role: Resource;
  /** Anybody gets it who knows the id of the pool, without signing in. */
  readonly anybody: boolean;
}

export const COG1: Rule = {
  id: 'ZTI-COG1',
  title: "An identity pool gives no rights over others' devices",
  tenets: [3, 6],
  severity: 'error',
  types: [ATTACHMENT, 'AWS::IAM::Role'],
  why: 'The roles of an identity pool serve every user of an app, one of them those who did not sign in: whoever knows the id of the pool, which stands in the app, has its rights over all devices.',
  fix: 'Name single actions of messages and shadows, put ${cognito-identity.amazonaws.com:sub} in a level of its own before the first wildcard, and tie the trust policy to the pool and to those who signed in (aud, amr).',
  example: {
    Attachment: {
      Type: ATTACHMENT,
      Properties: {
        IdentityPoolId: 'eu-central-1:11111111-2222-3333-4444-555555555555',
        Roles: { authenticated: { 'Fn::GetAtt': ['UserRole', 'Arn'] } },
      },
    },
    UserRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Federated: PROVIDER },
              Action: 'sts:AssumeRoleWithWebIdentity',
              Condition: {
                StringEquals: { [`${PROVIDER}:aud`]: 'eu-central-1:11111111-2222-3333-4444-555555555555' },
                'ForAnyValue:StringLike': { [`${PROVIDER}:amr`]: 'authenticated' },
              },
            },
          ],
        },
        Policies: [
          {
            PolicyName: 'Messages',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                {
                  Effect: 'Allow',
                  Action: 'iot:Connect',
                  Resource: `arn:aws:iot:eu-central-1:123456789012:client/\${${IDENTITY}}`,
                },
                {
                  Effect: 'Allow',
                  Action: ['iot:Publish', 'iot:Receive'],
                  Resource: `arn:aws:iot:eu-central-1:123456789012:topic/apps/\${${IDENTITY}}/*`,
                },
              ],
            },
          },
        ],
      },
    },
  },
  evidenceFor: ['IoT Lens IOTSEC04-BP01', 'IEC 62443-4-2 CR 2.1'],
  runtime: [
    'AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK',
    'UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK',
  ],
  check: (model) => {
    const served: Served[] = [];
    const unknown = eachResource(model, [ATTACHMENT], ({ Roles, RoleMappings }, note) => {
      for (const { arn, location, anybody } of rolesOf(Roles, RoleMappings)) {
        const role = roleOf(model, arn);
        if (role !== undefined) served.push({ role, anybody });
        else note(`the role ${textOf(arn) ?? ''} is not in the templates`, { location, unverified: true });
      }
    });
    // A pool may be joined with its roles elsewhere: who trusts it serves its users all the same.
    const known = new Set(served.map(({ role }) => role));
    for (const role of model.ofType('AWS::IAM::Role'))
      if (!known.has(role) && servesPool(model, role)) served.push({ role, anybody: letsAnybody(model, role) });
    return [...unknown, ...served.flatMap((each) => judge(model, each))];
  },
};

function rolesOf(roles: Value | undefined, mappings: Value | undefined) {
  const named = isMap(roles) ? Object.entries(roles) : [];
  const mapped = isMap(mappings) ? Object.entries(mappings) : [];
  return [
    ...named.map(([kind, arn]) => ({
      arn,
      location: `Properties/Roles/${kind}`,
      anybody: kind.toLowerCase() !== 'authenticated',
    })),
    ...mapped.flatMap(([name, mapping]) =>
      listOf(at(mapping, 'RulesConfiguration', 'Rules')).map((rule, index) => ({
        arn: at(rule, 'RoleARN'),
        location: `Properties/RoleMappings/${name}/RulesConfiguration/Rules/${index}/RoleARN`,
        anybody: false,
      })),
    ),
  ];
}

/** Whether identities of some pool may take the role. */
export function servesPool(model: Model, role: Resource): boolean {
  return trustOf(model, role).length > 0;
}

/** The trust statements that let identities of a pool in. */
function trustOf(model: Model, role: Resource): ValueMap[] {
  return rightsOf(model, role).trust.filter(
    (statement) =>
      statement.Effect !== 'Deny' &&
      listOf(at(statement.Principal, 'Federated')).some((each) => textOf(each) === PROVIDER),
  );
}

function letsAnybody(model: Model, role: Resource): boolean {
  return trustOf(model, role).some((statement) => !signedIn(statement));
}

/** Whether a trust statement asks for a way of signing in, and for none that is not signing in. */
function signedIn(statement: ValueMap): boolean {
  const ways = asks(statement, 'amr');
  return ways.length > 0 && ways.every((way) => !matchesName(way, 'unauthenticated'));
}

/** The values that a trust statement asks of a claim of the pool. */
function asks(statement: ValueMap, claim: string): string[] {
  const blocks = isMap(statement.Condition) ? Object.entries(statement.Condition) : [];
  return blocks
    .filter(([operator]) => /^(?:ForAnyValue:)?String(?:Equals|Like)$/i.test(operator))
    .flatMap(([, block]) => (isMap(block) ? Object.entries(block) : []))
    .filter(([key]) => key.toLowerCase() === `${PROVIDER}:${claim}`)
    .flatMap(([, value]) => listOf(value).map((each) => textOf(each) ?? '*'));
}

function judge(model: Model, { role, anybody }: Served): Observation[] {
  const found: Observation[] = [];
  const note: Note = (message, details) => found.push({ at: role, message, location: 'Properties', ...details });
  const { grants, managed, trustIsKnown } = rightsOf(model, role);
  const reaching = grants.filter(
    (grant) => !grant.denies && (grant.notActions.length > 0 || grant.actions.some(isOfIot)),
  );
  const given = managed.filter((arn) => MANAGED.test(arn));
  const who = anybody ? 'whoever knows the id of the pool' : 'every user who signed in';
  for (const grant of reaching) judgeGrant(grant, anybody, who, note);
  if (given.length > 0) note(`${who} gets ${given.join(', ')}, which knows no identity`);
  if (reaching.length === 0 && given.length === 0) return [];
  if (!trustIsKnown) note("the role's trust policy is only known at deployment", { unverified: true });
  for (const statement of trustOf(model, role)) {
    const pools = asks(statement, 'aud');
    if (pools.length === 0 || pools.some(hasWildcard))
      note('the trust policy lets identities of any pool in: it does not say of which (aud)');
    if (!anybody && !signedIn(statement)) note('the trust policy also lets in who did not sign in (amr)');
  }
  return found;
}

function judgeGrant(grant: IamGrant, anybody: boolean, who: string, note: Note): void {
  const { actions, notActions, resources } = grant;
  if (notActions.length > 0) note(`${who} may all but ${notActions.join(', ')}`);
  const ofIot = actions.filter(
    (action) => isOfIot(action) && !isUnknown(action) && !HARMLESS.includes(action.toLowerCase()),
  );
  const narrow = [...OWN_DATA, ...(anybody ? [] : OF_THE_REGISTRY)];
  const managing = ofIot.filter((action) => !narrow.includes(action.toLowerCase()));
  if (managing.length > 0) note(`${who} may ${managing.join(', ')}`);
  const own = ofIot.filter((action) => !managing.includes(action));
  const bound = grant.conditionValues.some((values) => values.length > 0 && values.every(isOwn));
  const open = bound ? [] : resources.filter((resource) => hasWildcard(nameOf(resource)) && !isOwn(resource));
  if (own.length > 0 && open.length > 0)
    note(`${who} may ${own.join(', ')} on ${open.join(', ')}, also on what is another's`);
  if (grant.isOpen && (ofIot.length > 0 || actions.some((action) => action.includes('‹'))))
    note(`the role's rights depend on ${[...new Set([...actions, ...resources])].join(', ')}`, { unverified: true });
}

/** Only the deployment knows even the service. */
function isUnknown(action: string): boolean {
  return action.startsWith('‹');
}

/** Also by a wildcard in the name of the service, and where the action is not known. */
function isOfIot(action: string): boolean {
  if (isUnknown(action)) return true;
  const [service = '', name] = action.toLowerCase().split(':', 2);
  if (name === undefined || service.length > LONGEST_ACTION) return action.includes('*') || action.includes('‹');
  return SERVICES.some((each) => matchesName(service, each));
}

function isOwn(resource: string): boolean {
  return isBounded(
    piecesOf(nameOf(resource)),
    (piece) => piece.kind === 'variable' && piece.name.toLowerCase() === IDENTITY,
  );
}

/** A wildcard for the region or the account of an ARN does not reach what follows: IAM compares part by part. */
function nameOf(resource: string): string {
  return afterArn(resource) ?? resource;
}
