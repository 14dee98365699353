import { ConfigurationError } from '../../lib/internal/configuration-error';

/*
 * What a policy allows, worked out the plain way from the text of the AWS documentation: replace the variables, then compare
 * character by character. Shares nothing with the library, whose minimising and splitting it checks.
 */

/** Values of policy variables; one without a value stays as it is, as literal text. */
export type Values = Readonly<Record<string, string>>;

/** Whether a resource pattern matches; what a variable stands for is text, never a wildcard. */
export function matches(pattern: string, text: string, values: Values = {}): boolean {
  const units: (string | symbol)[] = [];
  const ANY = Symbol.for('any');
  const ONE = Symbol.for('one');
  for (const part of pattern.split(/(\$\{[^}]*\})/)) {
    const name = /^\$\{([^}]*)\}$/.exec(part)?.[1];
    if (name !== undefined) units.push(...(values[name] ?? part));
    else units.push(...[...part].map((char) => (char === '*' ? ANY : char === '?' ? ONE : char)));
  }
  const characters = [...text];
  let ends = new Set([0]);
  for (const unit of units) {
    const next = new Set<number>();
    for (const end of ends) {
      if (unit === ANY) for (let to = end; to <= characters.length; to++) next.add(to);
      else if (end < characters.length && (unit === ONE || unit === characters[end])) next.add(end + 1);
    }
    ends = next;
  }
  return ends.has(characters.length);
}

interface StatementJson {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource?: string | string[];
  readonly NotResource?: string | string[];
  readonly Condition?: object;
}

/** The decision of documents about one action, all conditions taken as met. */
export function decide(
  documents: readonly { readonly Statement: readonly object[] }[],
  action: string,
  resource: string,
  values: Values = {},
): 'allowed' | 'denied' | 'implicitly denied' {
  const applying = documents
    .flatMap((document) => document.Statement as readonly StatementJson[])
    .filter((statement) => many(statement.Action).some((pattern) => matches(pattern, action)))
    .filter((statement) =>
      statement.NotResource === undefined
        ? many(statement.Resource).some((pattern) => matches(pattern, resource, values))
        : !many(statement.NotResource).some((pattern) => matches(pattern, resource, values)),
    );
  if (applying.some((statement) => statement.Effect === 'Deny')) return 'denied';
  return applying.length > 0 ? 'allowed' : 'implicitly denied';
}

export function many(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

/** Characters as AWS counts them: without white space. */
export function length(document: object): number {
  return JSON.stringify(document).replace(/\s/g, '').length;
}

/** The error that a call raises; fails the test if it raises none or one that is not ours. */
export function errorOf(call: () => unknown): ConfigurationError {
  try {
    call();
  } catch (error) {
    if (ConfigurationError.is(error)) return error;
    throw error;
  }
  throw new Error('no error was raised');
}

export const SCOPE = { partition: 'aws', region: 'eu-west-1', account: '123456789012' };
export const PREFIX = 'arn:aws:iot:eu-west-1:123456789012:';

/** A scope that CloudFormation fills in. */
export const OPEN_SCOPE = {
  partition: '${Token[AWS.Partition.3]}',
  region: '${Token[AWS.Region.4]}',
  account: '${Token[AWS.AccountId.0]}',
};
