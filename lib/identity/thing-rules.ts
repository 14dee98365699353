import { Token } from 'aws-cdk-lib';
import { SERIAL_ALLOWED, SERIAL_PATTERN, THING_NAME_MAX_LENGTH } from '../../lambda/verify-enrollment/contract';
import type { InputErrors, TextRule } from '../internal/input-errors';
import { quote } from '../internal/quote';

export const THING_NAME: TextRule = {
  maxLength: THING_NAME_MAX_LENGTH,
  pattern: SERIAL_PATTERN,
  allowed: SERIAL_ALLOWED,
  code: 'ThingNameInvalid',
};

/** Attributes that a thing may have; the limit of 47 kB for all is beyond 50 of the longest. https://docs.aws.amazon.com/general/latest/gr/iot-core.html */
const MOST_ATTRIBUTES = 3;
const MOST_ATTRIBUTES_WITH_TYPE = 50;
const NAME = { maxLength: 128, pattern: /^[a-zA-Z0-9_.,@/:#-]+$/ };
const VALUE = { maxLength: 800, pattern: /^[a-zA-Z0-9_.,@/:#=[\]-]+$/ };

export interface AttributeOptions {
  readonly hasThingType: boolean;
  /** Attributes that the library sets itself. */
  readonly own?: readonly string[];
  /** Whether attributes that are known at deployment only cannot be taken. @default false */
  readonly mustBeKnown?: boolean;
}

/** Checks what the registry would refuse only when the first device comes. */
export function checkAttributes(
  errors: InputErrors,
  attributes: { readonly [name: string]: string } | undefined,
  { hasThingType, own = [], mustBeKnown = false }: AttributeOptions,
): void {
  if (attributes === undefined) return;
  if (Token.isUnresolved(attributes)) {
    if (mustBeKnown)
      errors.report(
        'ThingAttributesInvalid',
        "'attributes' must be an object that is known at synth, since each becomes a part of the template; its values may be tokens",
      );
    return;
  }
  const entries = Object.entries(attributes);
  for (const [name, value] of entries) checkAttribute(errors, name, value, own);
  const most = (hasThingType ? MOST_ATTRIBUTES_WITH_TYPE : MOST_ATTRIBUTES) - own.length;
  if (entries.length > most) {
    const besides = own.length > 0 ? ` besides ${own.join(', ')}` : '';
    const advice = hasThingType ? '' : '; a thing with a thing type may have 50, give thingType';
    errors.report(
      'ThingAttributesTooMany',
      `'attributes' must have at most ${most} items${besides}, got ${entries.length}${advice}`,
    );
  }
}

function checkAttribute(errors: InputErrors, name: string, value: string, own: readonly string[]): void {
  const code = 'ThingAttributesInvalid';
  if (!Token.isUnresolved(name)) {
    if (own.includes(name)) {
      errors.report(code, `'attributes' must not have ${quote(name)}: it is set from what was verified`);
    } else if (name.length > NAME.maxLength || !NAME.pattern.test(name)) {
      errors.report(
        code,
        `names in 'attributes' must have 1 to ${NAME.maxLength} letters, digits and _.,@/:#-, got ${quote(name)}`,
      );
    }
  }
  if (Token.isUnresolved(value) || (value.length <= VALUE.maxLength && VALUE.pattern.test(value))) return;
  errors.report(
    code,
    `'attributes.${name.slice(0, NAME.maxLength)}' must have 1 to ${VALUE.maxLength} letters, digits and _.,@/:#=[]-, no spaces, got ${quote(value)}`,
  );
}
