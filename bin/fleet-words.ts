import type { ErrorObject } from 'ajv';
import { didYouMean } from '../lib/internal/near';
import { escapeInvisible } from '../lib/internal/quote';

const LONGEST_SHOWN = 60;

/** What was given, short enough to be read. */
export function show(value: unknown): string {
  const text = (typeof value === 'number' ? String(value) : JSON.stringify(value)) ?? 'nothing';
  if (text.length <= LONGEST_SHOWN) return escapeInvisible(text);
  return escapeInvisible(`${text.slice(0, LONGEST_SHOWN)}…${text.startsWith('"') ? '"' : ''}`);
}

/** What a part of the schema says of itself. */
interface Part {
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly { readonly type: string }[];
  readonly items?: Part;
  readonly properties?: Readonly<Record<string, Part>>;
  readonly required?: readonly string[];
  readonly maxProperties?: number;
}

/**
 * What is wrong with a value, what was given and what is allowed, in words that follow the name of its field; undefined where
 * another error says it better.
 */
export function sayError(error: ErrorObject): string | undefined {
  const part = error.parentSchema as Part;
  const given = show(error.data);
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'required': {
      const name = String(params.missingProperty);
      return `lacks '${name}', got ${given}; add it. Allowed: ${allowedBy(part.properties?.[name])}`;
    }
    case 'type':
      return `must be ${[params.type].flat().map(article).join(' or ')}, got ${given}. Allowed: ${allowedBy(part)}`;
    case 'anyOf':
      return `must be ${(part.anyOf ?? []).map(({ type }) => article(type)).join(' or ')}, got ${given}. Allowed: ${allowedBy(part)}`;
    case 'enum': {
      const allowed = params.allowedValues as unknown[];
      const near = typeof error.data === 'string' ? didYouMean(error.data, allowed.map(String)) : '';
      return `must be one of ${allowed.map(show).join(', ')}, got ${given}${near}`;
    }
    case 'const':
      return `must be ${show(params.allowedValue)}, got ${given}; leave the entry out to deny it`;
    case 'not':
      return error.propertyName === undefined
        ? `must not be the name of another part of the stack (${(error.schema as { enum: string[] }).enum.join(', ')}), got ${given}`
        : undefined;
    case 'propertyNames':
      return `must not have the name ${show(params.propertyName)}. Allowed: ${allowedBy(part)}`;
    case 'minProperties':
    case 'maxProperties':
      // Where more than one may stand together, what is read together says which.
      if (part.maxProperties !== 1) return undefined;
      return `must have exactly one of ${Object.keys(part.properties ?? {}).join(', ')}, got ${given}`;
    default:
      return error.propertyName === undefined
        ? `${requirement(error)}, got ${given}. Allowed: ${allowedBy(part)}`
        : undefined;
  }
}

/** Bounds in words; patterns are not for people, and what they say stands in the description. */
function requirement({ keyword, params, message = 'is not allowed' }: ErrorObject): string {
  const limit = String((params as { limit?: number }).limit);
  switch (keyword) {
    case 'minItems':
      return `must have at least ${limit} ${limit === '1' ? 'entry' : 'entries'}`;
    case 'maxItems':
      return `must have at most ${limit} entries`;
    case 'minLength':
      return limit === '1' ? 'must not be empty' : `must have at least ${limit} characters`;
    case 'maxLength':
      return `must have at most ${limit} characters`;
    default:
      return message;
  }
}

/** All that the schema says of what belongs here. */
function allowedBy(part: Part = {}): string {
  const { description = '', enum: words, items, properties } = part;
  const holds = [
    words === undefined ? '' : ` One of ${words.map(show).join(', ')}.`,
    items === undefined ? '' : ` A list, each entry: ${allowedBy(items)}`,
    properties === undefined ? '' : ` An object with ${namesOf(part)}.`,
  ];
  return (description + holds.join('')).trim();
}

function namesOf({ properties = {}, required = [], maxProperties }: Part): string {
  const names = Object.keys(properties);
  if (maxProperties === 1) return `one of ${names.join(', ')}`;
  const optional = names.filter((name) => !required.includes(name));
  return [
    required.join(', '),
    optional.length === 0 ? '' : `${required.length === 0 ? '' : 'if wanted '}${optional.join(', ')}`,
  ]
    .filter((some) => some !== '')
    .join(', and ');
}

function article(type: unknown): string {
  const name = String(type);
  return /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`;
}

export { didYouMean };
