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
const DOCUMENTED = [
  'iot:clientid',
  'iot:domainname',
  'iot:connection.thing.thingname',
  'iot:connection.thing.thingtypename',
  'iot:connection.thing.isattached',
  'iot:thing.thingname',
  'iot:certificateid',
  'iot:certificate.serialnumber',
  'iot:certificate.availablekeys',
  'aws:sourceip',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:vpcsourceip',
  'aws:currenttime',
  'aws:epochtime',
];
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

/** Why some variables leave open what the policy allows. */
export function doubtfulVariables(statements: readonly PolicyStatement[]): string[] {
  return variablesOf(textsOf(statements)).flatMap(({ name, fallback }) => {
    if (!isDocumented(name.toLowerCase())) return [`it uses \${${name}}, which is not known as a variable of AWS IoT`];
    return fallback === undefined ? [] : [`what \${${name}} stands for without a value is not known of AWS IoT`];
  });
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
