import { didYouMean } from '../../internal/near';
import { CERTIFICATE_FIELDS } from '../../policy/certificate-fields';
import type { PolicyStatement } from './document';
import { type Piece, piecesOf } from './pattern';

type Variable = Piece & { readonly kind: 'variable' };

const ATTRIBUTES = 'iot:connection.thing.attributes[';

/**
 * Variables that the guide documents, without those of a certificate's fields. The old name of the thing has no value today,
 * so what is named by it is allowed to nobody.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-policy-variables.html
 */
const NAMES = [
  'iot:ClientId',
  'iot:DomainName',
  'iot:Connection.Thing.ThingName',
  'iot:Connection.Thing.ThingTypeName',
  'iot:Connection.Thing.IsAttached',
  'iot:CertificateId',
  'iot:Certificate.SerialNumber',
  'iot:Certificate.AvailableKeys',
  'aws:SourceIp',
  'aws:SourceVpc',
  'aws:SourceVpce',
  'aws:VpcSourceIp',
  'aws:CurrentTime',
  'aws:EpochTime',
];
const DOCUMENTED = [...NAMES.map((name) => name.toLowerCase()), 'iot:thing.thingname'];
/** Variables of AWS IoT itself are all documented, and those of its credential provider are for roles alone. */
const OWN_PREFIXES = ['iot:', 'credentials-iot:'];
const FIELDS = CERTIFICATE_FIELDS.map((field) => field.toLowerCase());
const PARTS = ['iot:certificate.subject.', 'iot:certificate.issuer.'];

function variablesOf(texts: readonly string[]): Variable[] {
  const found: Variable[] = [];
  for (const text of texts) {
    if (!text.includes('${')) continue;
    for (const piece of piecesOf(text)) if (piece.kind === 'variable') found.push(piece);
  }
  return found;
}

function resourcesOf(statements: readonly PolicyStatement[]): string[] {
  return statements.flatMap(({ resources, notResources }) => [...resources, ...notResources]);
}

function textsOf(statements: readonly PolicyStatement[]): string[] {
  return [
    ...resourcesOf(statements),
    ...statements.flatMap(({ conditions }) => conditions.flatMap(({ values }) => values)),
  ];
}

/** Whether what is allowed depends on the name that a client gives itself. */
export function usesClientId(statements: readonly PolicyStatement[]): boolean {
  return variablesOf(resourcesOf(statements)).some(({ name }) => name.toLowerCase() === 'iot:clientid');
}

/** Names of the thing attributes that are asked for, by variables and by keys of conditions. */
export function attributesOf(statements: readonly PolicyStatement[]): string[] {
  const keys = statements.flatMap(({ conditions }) => conditions.map(({ key }) => key));
  return [...variablesOf(textsOf(statements)).map(({ name }) => name), ...keys]
    .filter((name) => name.toLowerCase().startsWith(ATTRIBUTES))
    .map((name) => name.slice(ATTRIBUTES.length, -1));
}

/** What is not as it should be with the variables of a policy, each said once. */
export interface VariableProblems {
  /** Why some leave open what the policy allows. */
  readonly doubtful: readonly string[];
  /** Names that look like variables of AWS IoT and are none: nothing is put in their place, so that they match nothing. */
  readonly mistaken: readonly string[];
}

export function variableProblems(statements: readonly PolicyStatement[]): VariableProblems {
  const doubtful = new Set<string>();
  const mistaken = new Set<string>();
  for (const { name, fallback } of variablesOf(textsOf(statements))) {
    if (!isDocumented(name.toLowerCase())) {
      if (isOwn(name))
        mistaken.add(`\${${name}} is no variable of AWS IoT, and nothing is put in its place${meant(name)}`);
      else doubtful.add(`it uses \${${name}}, which is not known as a variable of AWS IoT`);
    } else if (fallback !== undefined)
      doubtful.add(`what \${${name}} stands for without a value is not known of AWS IoT`);
  }
  return { doubtful: [...doubtful], mistaken: [...mistaken] };
}

/** Whether a text can match nothing that a device asks for: with a name in it that has no value. */
export function isNeverMatched(text: string): boolean {
  return variablesOf([text]).some(({ name }) => !isDocumented(name.toLowerCase()));
}

function isOwn(name: string): boolean {
  const lower = name.toLowerCase();
  return OWN_PREFIXES.some((prefix) => lower.startsWith(prefix));
}

function meant(name: string): string {
  const last = name.slice(Math.max(name.lastIndexOf('.'), name.lastIndexOf(':')) + 1).toLowerCase();
  const same = NAMES.find((each) => each.toLowerCase().endsWith(`.${last}`));
  return same === undefined ? didYouMean(name, NAMES) : `. Did you mean '${same}'?`;
}

function isDocumented(name: string): boolean {
  if (DOCUMENTED.includes(name) || name.startsWith('cognito-identity.amazonaws.com:')) return true;
  if (name.startsWith(ATTRIBUTES)) return name.endsWith(']');
  const part = PARTS.find((each) => name.startsWith(each));
  if (part === undefined) return false;
  // `.2` is one of several values, `.List` all of them.
  const field = name.slice(part.length).replace(/\.(?:\d+|list)$/, '');
  return FIELDS.includes(field);
}
