import { CERTIFICATE_FIELDS } from '../certificate-fields';
import type { CertificateAttributes } from './connection-context-props';

const FIELDS: ReadonlySet<string> = new Set(CERTIFICATE_FIELDS);

const MAX_VALUES = 5;
const MAX_LENGTH = 1024;
/** A value with one of these is never put in the place of a variable. */
const NEVER_REPLACED = /[*$+?#]/;
/** These are written with a backslash in policies, so the value is compared in that form. */
const ESCAPED = /[,"\\+=<>;]/g;

/** One policy variable: the values that conditions see, and the text that replaces it, where it may. */
export interface CertificateKey {
  readonly name: string;
  readonly values: readonly string[];
  readonly substitute?: string;
}

export function isCertificateField(name: string): boolean {
  return FIELDS.has(name);
}

/** All variables that this certificate gives a value to. */
export function certificateKeys(certificate: CertificateAttributes): CertificateKey[] {
  const keys = [
    ...fieldKeys('iot:Certificate.SerialNumber', one(certificate.serialNumber), false),
    ...Object.entries(certificate.subject ?? {}).flatMap(([field, values]) =>
      fieldKeys(`iot:Certificate.Subject.${field}`, values, true),
    ),
    ...Object.entries(certificate.issuer ?? {}).flatMap(([field, values]) =>
      fieldKeys(`iot:Certificate.Issuer.${field}`, values, true),
    ),
  ];
  const names = keys.filter((key) => key.first).map((key) => key.name);
  const id = one(certificate.certificateId).map((value) => ({
    name: 'iot:CertificateId',
    values: [value],
    substitute: value,
  }));
  return [...id, ...keys, ...(names.length > 0 ? [{ name: 'iot:Certificate.AvailableKeys', values: names }] : [])];
}

function one(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
}

/** `Country` is the first value, `Country.1` the second, `Country.List` all of them. */
function fieldKeys(name: string, given: readonly string[], indexed: boolean): (CertificateKey & { first: boolean })[] {
  const raw = given.slice(0, MAX_VALUES);
  const keys = raw.map((value, i) => ({
    name: i === 0 ? name : `${name}.${i}`,
    values: [escape(value)],
    substitute: NEVER_REPLACED.test(value) || value.length > MAX_LENGTH ? undefined : escape(value),
    first: i === 0,
  }));
  return indexed && raw.length > 0
    ? [...keys, { name: `${name}.List`, values: raw.map(escape), first: false, substitute: undefined }]
    : keys;
}

function escape(value: string): string {
  return value.replace(ESCAPED, '\\$&');
}
