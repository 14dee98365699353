/*
 * The policy variables that a topic may name, from "Thing policy variables" and "X.509 Certificate AWS IoT Core policy
 * variables" of the AWS IoT Core developer guide. `iot:ClientId` is left out on purpose: a client chooses it freely.
 */

import { CERTIFICATE_FIELDS } from './certificate-fields';

export const THING_NAME = 'iot:Connection.Thing.ThingName';
export const THING_TYPE_NAME = 'iot:Connection.Thing.ThingTypeName';
export const CERTIFICATE_ID = 'iot:CertificateId';
export const CERTIFICATE_SERIAL_NUMBER = 'iot:Certificate.SerialNumber';
const ATTRIBUTE_NAME = /^[a-zA-Z0-9_.,@/:#-]{1,128}$/;
const ATTRIBUTE = /^iot:Connection\.Thing\.Attributes\[(.*)\]$/;

/** A field of the certificate's subject or issuer; `.1` to `.4` name the second to the fifth value. */
const CERTIFICATE_NAME = new RegExp(
  `^iot:Certificate\\.(?:Subject|Issuer)\\.(?:${CERTIFICATE_FIELDS.map((field) => field.replace('.', '\\.')).join('|')})(?:\\.[1-4])?$`,
);

const SHORT_ATTRIBUTE = 'attribute.';

export function isAttributeName(name: string): boolean {
  return ATTRIBUTE_NAME.test(name);
}

export function attributeVariable(name: string): string {
  return `iot:Connection.Thing.Attributes[${name}]`;
}

export function isVariable(name: string): boolean {
  return (
    [THING_NAME, THING_TYPE_NAME, CERTIFICATE_ID, CERTIFICATE_SERIAL_NUMBER].includes(name) ||
    isAttributeName(ATTRIBUTE.exec(name)?.[1] ?? '') ||
    CERTIFICATE_NAME.test(name)
  );
}

/** `thing`, `thingType` and `attribute.NAME`, as fleet files write them, in AWS's spelling; other names stay. */
export function fromShorthand(name: string): string {
  if (name === 'thing') return THING_NAME;
  if (name === 'thingType') return THING_TYPE_NAME;
  if (name.startsWith(SHORT_ATTRIBUTE)) return attributeVariable(name.slice(SHORT_ATTRIBUTE.length));
  return name;
}

export function toShorthand(name: string): string {
  if (name === THING_NAME) return 'thing';
  if (name === THING_TYPE_NAME) return 'thingType';
  const attribute = ATTRIBUTE.exec(name)?.[1];
  return attribute === undefined ? name : SHORT_ATTRIBUTE + attribute;
}
