import { covers } from '../policies/acts';
import type { PolicyStatement } from '../policies/document';
import type { FoundPolicy } from '../policies/find';
import { hasWildcard, nameOf } from '../policies/pattern';
import type { Observation, Rule } from '../rule';
import { iotArn, policyExample } from './examples';
import { eachPolicy, isClaimPolicy, statementPath, type Note } from './support';

const ON_TOPICS = ['iot:Publish', 'iot:Receive', 'iot:RetainPublish'];
const CLAIM_ACTIONS = [...ON_TOPICS, 'iot:Subscribe', 'iot:Connect'].map((action) => action.toLowerCase());

export const PRV2: Rule = {
  id: 'ZTI-PRV2',
  title: 'A claim certificate can ask for an identity, and nothing else',
  tenets: [3],
  severity: 'error',
  types: ['AWS::IoT::Policy', 'AWS::IoT::ProvisioningTemplate'],
  why: 'Claim certificates are in every device, so they leak. Whatever else they may do, anybody may do.',
  fix: 'Allow only $aws/certificates/create-from-csr/* and $aws/provisioning-templates/<exact name>/provision/*, and a client id with a prefix of its own.',
  example: {
    ClaimPolicy: policyExample(
      { Effect: 'Allow', Action: 'iot:Connect', Resource: iotArn('client/enroll-*') },
      {
        Effect: 'Allow',
        Action: ['iot:Publish', 'iot:Receive'],
        Resource: [
          iotArn('topic/$aws/certificates/create-from-csr/*'),
          iotArn('topic/$aws/provisioning-templates/pumps/provision/*'),
        ],
      },
      {
        Effect: 'Allow',
        Action: 'iot:Subscribe',
        Resource: [
          iotArn('topicfilter/$aws/certificates/create-from-csr/*'),
          iotArn('topicfilter/$aws/provisioning-templates/pumps/provision/*'),
        ],
      },
    ),
  },
  evidenceFor: ['IoT Lens IOTSEC01-BP01', 'IoT Lens IOTSEC04-BP01', 'ETSI EN 303 645 5.4-4'],
  check: (model): Observation[] =>
    eachPolicy(model, (policy, note) => {
      if (isClaimPolicy(policy)) judge(policy, note);
    }),
};

function judge({ analysis }: FoundPolicy, note: Note): void {
  for (const statement of analysis.text.statements.filter(({ denies }) => !denies)) {
    const location = statementPath(statement.index);
    const open = clientIds(statement).find((client) => client.startsWith('*') || client.startsWith('${iot:ClientId}'));
    if (open !== undefined)
      note('lets a claim certificate connect under any client id, also that of a device: give it a prefix', {
        location,
        severity: 'warning',
      });
    for (const name of topics(statement)) {
      const problem = beyondClaim(name);
      if (problem !== undefined) note(problem, { location });
    }
    const others = statement.actions.filter(
      (action) => !hasWildcard(action) && !CLAIM_ACTIONS.includes(action.toLowerCase()),
    );
    if (others.length > 0) note(`lets a claim certificate use ${others.join(', ')}`, { location });
  }
}

function clientIds(statement: PolicyStatement): string[] {
  return covers(statement, 'iot:Connect')
    ? statement.resources.flatMap((resource) => nameOf(resource, 'client') ?? [])
    : [];
}

function topics(statement: PolicyStatement): string[] {
  const of = (action: string, type: string): string[] =>
    covers(statement, action) ? statement.resources.flatMap((resource) => nameOf(resource, type) ?? []) : [];
  return [...new Set([...ON_TOPICS.flatMap((action) => of(action, 'topic')), ...of('iot:Subscribe', 'topicfilter')])];
}

function beyondClaim(name: string): string | undefined {
  if (name.startsWith('$aws/certificates/create/') || name.startsWith('$aws/certificates/create-from-csr/'))
    return undefined;
  if (name === '$aws/certificates/create*') return undefined;
  const prefix = '$aws/provisioning-templates/';
  if (!name.startsWith(prefix)) return `lets a claim certificate use '${name}', which is no topic of provisioning`;
  const [template, step] = name.slice(prefix.length).split('/');
  if (template === undefined || hasWildcard(template))
    return `lets a claim certificate use any provisioning template that matches '${name}'`;
  return step === 'provision' ? undefined : `lets a claim certificate use '${name}', which is no topic of provisioning`;
}
