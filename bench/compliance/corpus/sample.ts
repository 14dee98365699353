/**
 * A labelled piece of a template.
 *
 * `good`: no finding at all is right. `bad`: an error is right. `weak`: it takes nothing from others, but does not do what it
 * seems to, or is more than it needs: a warning is right, an error is not.
 */
export interface Sample {
  readonly name: string;
  readonly label: 'good' | 'bad' | 'weak';
  /** Why it has this label, in a sentence of ours. */
  readonly reason: string;
  /** Where the shape comes from. */
  readonly source: string;
  readonly resources: { readonly [logicalId: string]: unknown };
}

type Statement = { readonly [element: string]: unknown };

const ARN = 'arn:aws:iot:us-east-1:123456789012:';
const SHORT: { readonly [name: string]: string } = {
  thing: 'iot:Connection.Thing.ThingName',
  type: 'iot:Connection.Thing.ThingTypeName',
  client: 'iot:ClientId',
  cert: 'iot:CertificateId',
  cn: 'iot:Certificate.Subject.CommonName',
  org: 'iot:Certificate.Subject.Organization',
  identity: 'cognito-identity.amazonaws.com:sub',
};

/**
 * A statement in one line: `+ Connect client/{thing} ? attached`.
 *
 * `+` allows, `-` denies, `-!` denies all resources but these; then actions and resources, each separated by commas without
 * spaces, then conditions: `attached`, or an operator, a key and values. `{thing}`, `{client}`, `{attr.x}` are policy variables.
 */
export function statement(line: string): Statement {
  const [what = '', ...conditions] = line.split(' ? ');
  const [sign = '', actions = '', resources = ''] = what.split(' ');
  const list = resources.split(',').map(arn);
  return {
    Effect: sign === '+' ? 'Allow' : 'Deny',
    Action: actions.split(',').map((action) => (/^\*$|:/.test(action) ? action : `iot:${action}`)),
    [sign === '-!' ? 'NotResource' : 'Resource']: list,
    ...(conditions.length === 0 ? {} : { Condition: Object.assign({}, ...conditions.map(condition)) as object }),
  };
}

function arn(resource: string): string {
  const text = variables(resource);
  return text === '*' || text.startsWith('arn:') ? text : ARN + text;
}

function variables(text: string): string {
  const full = text.replace(/(?<!\$)\{((?:iot|aws):[\w.]+)\}/g, '${$1}');
  return full.replace(/(?<!\$)\{(\w+)(?:\.(\w+))?\}/g, (_, name: string, attribute: string) =>
    name === 'attr' ? `\${iot:Connection.Thing.Attributes[${attribute}]}` : `\${${SHORT[name] ?? name}}`,
  );
}

function condition(text: string): object {
  if (text === 'attached') return { Bool: { 'iot:Connection.Thing.IsAttached': ['true'] } };
  const [operator = '', key = '', values = ''] = text.split(' ');
  return { [operator]: { [key]: values === '' ? [] : values.split(',').map(variables) } };
}

export const document = (lines: readonly string[]): object => ({
  Version: '2012-10-17',
  Statement: lines.map(statement),
});

type Labelled = (name: string, source: string, reason: string, ...lines: string[]) => Sample;

const policy =
  (label: Sample['label']): Labelled =>
  (name, source, reason, ...lines) => ({
    name,
    label,
    reason,
    source,
    resources: { Policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: document(lines) } } },
  });

/** A policy in lines, with its label. */
export const good = policy('good');
export const bad = policy('bad');
export const weak = policy('weak');
