import { rightsOf, roleOf, trustsAnybody } from '../iam/role';
import type { Model } from '../model/model';
import { isMap, type Value } from '../model/value';
import type { Rule } from '../rule';
import { iotArn, roleExample } from './examples';
import { eachResource, type Note } from './support';

/** Managed policies of AWS that give more than any action of a rule needs, by the end of their names. */
const BROAD = ['AdministratorAccess', 'PowerUserAccess', 'FullAccess', 'SystemAdministrator', 'IoTConfigAccess'];
/** Services by which one right becomes all: no action of a rule is of them. */
const FORBIDDEN = ['iam', 'sts', 'organizations', 'cloudformation'];

export const RUL2: Rule = {
  id: 'ZTI-RUL2',
  title: 'A rule acts with the rights that its actions need',
  tenets: [3, 6],
  severity: 'error',
  types: ['AWS::IoT::TopicRule'],
  why: 'What a device sends makes the rule act with this role, and decides on keys, tables and topics. A role for everything gives whoever holds one device the account.',
  fix: 'Name the actions and resources: kinesis:PutRecord on the one stream. A role that is in none of the templates is judged where it is made.',
  example: {
    Rule: {
      Type: 'AWS::IoT::TopicRule',
      Properties: {
        TopicRulePayload: {
          Sql: "SELECT * FROM 'dt/+/telemetry'",
          AwsIotSqlVersion: '2016-03-23',
          Actions: [{ Firehose: { DeliveryStreamName: 'telemetry', RoleArn: { 'Fn::GetAtt': ['RuleRole', 'Arn'] } } }],
          ErrorAction: {
            Firehose: { DeliveryStreamName: 'telemetry-errors', RoleArn: { 'Fn::GetAtt': ['RuleRole', 'Arn'] } },
          },
        },
      },
    },
    RuleRole: roleExample(
      'iot.amazonaws.com',
      {
        Effect: 'Allow',
        Action: ['firehose:PutRecord', 'firehose:PutRecordBatch'],
        Resource: [
          'arn:aws:firehose:us-east-1:123456789012:deliverystream/telemetry',
          'arn:aws:firehose:us-east-1:123456789012:deliverystream/telemetry-errors',
        ],
      },
      iotArn('rule/*'),
    ),
  },
  evidenceFor: ['IoT Lens IOTSEC04-BP01', 'IEC 62443-4-2 CR 2.1'],
  check: (model) =>
    eachResource(model, ['AWS::IoT::TopicRule'], ({ TopicRulePayload }, note) => {
      const seen = new Set<string>();
      for (const { reference, location } of rolesWithin(TopicRulePayload, 'Properties/TopicRulePayload')) {
        const role = roleOf(model, reference);
        if (role === undefined || seen.has(role.id)) continue;
        seen.add(role.id);
        judge(model, role, (message, details) => {
          note(message, { location, ...details });
        });
      }
    }),
};

/** Every role that a rule hands on, to whatever kind of action. */
function rolesWithin(
  value: Value | undefined,
  location: string,
): { readonly reference: Value; readonly location: string }[] {
  if (Array.isArray(value)) return value.flatMap((item: Value, index) => rolesWithin(item, `${location}/${index}`));
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    name === 'RoleArn'
      ? [{ reference: item, location: `${location}/RoleArn` }]
      : rolesWithin(item, `${location}/${name}`),
  );
}

function judge(model: Model, role: NonNullable<ReturnType<typeof roleOf>>, note: Note): void {
  const { grants, managed, trust } = rightsOf(model, role);
  const allowed = grants.filter(({ denies }) => !denies);
  const named = new Set(allowed.flatMap(({ actions }) => actions));
  const excepted = new Set(allowed.flatMap(({ notActions }) => notActions));
  const broad = [...[...named].filter(isBroad), ...[...excepted].map((name) => `all but ${name}`)];
  if (broad.length > 0) note(`messages of devices make it act with ${broad.join(', ')}`);
  const given = [...new Set(managed.filter((arn) => BROAD.some((name) => arn.endsWith(name))))];
  if (given.length > 0) note(`messages of devices make it act with ${given.join(', ')}`);
  const open = [...named].filter((action) => action.includes('‹'));
  if (open.length > 0) note(`its rights depend on ${open.join(', ')}`, { unverified: true });
  if (trust.some(trustsAnybody)) note('the trust policy of its role lets anybody take it');
}

/** A whole service, or one that gives out rights. */
function isBroad(action: string): boolean {
  const [service = '', name = ''] = action.toLowerCase().split(':');
  return service.includes('*') || name.startsWith('*') || FORBIDDEN.includes(service);
}
