import { createHash } from 'node:crypto';

/** A value, or why there is none. Reasons are fixed words, never text of the input. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export function valid<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function invalid(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

export type Json = Readonly<Record<string, unknown>>;

/** The object that a text holds; undefined for all else. */
export function objectIn(text: unknown): Json | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The name of a thing, by the registry's rule; other names cannot be isolated and are no part of any ARN, topic or query. */
export function isThingName(value: unknown): value is string {
  return typeof value === 'string' && /^[a-zA-Z0-9:_-]{1,128}$/.test(value);
}

export function isCertificateId(value: unknown): value is string {
  return typeof value === 'string' && /^[a-f0-9]{64}$/.test(value);
}

/** A client id that the connection calls take. */
export function isClientId(value: unknown): value is string {
  return typeof value === 'string' && /^(?!\$)[\x21-\x7e]{1,128}$/.test(value);
}

/**
 * What no text shows, or what makes it show as another one: controls, breaks of lines, changes of the direction of writing, halves
 * of a character, and what is no character. Queues take none of the last two.
 */
const UNSEEN = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;
const BLANKS = /[\t\n\r]+/g;

/** Text for records, logs and people, in any script: never more than one line, nor longer than `longest` (UTF-16, as JavaScript counts). */
export function safeText(value: unknown, longest = 128): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const cut = value.slice(0, longest);
  const whole = cut.length < value.length ? cut.replace(/[\ud800-\udbff]$/, '') : cut;
  return whole.replace(BLANKS, ' ').replace(UNSEEN, '?');
}

/** An ARN of IAM: a path of up to 512 characters stands before the name of a user, which says who it is. */
const LONGEST_ARN = 640;

/** Who said something, by their ARN. */
export function callerIn(value: unknown): string | undefined {
  return safeText(value, LONGEST_ARN);
}

/** An id to tell signals apart: as it is when it is short and plain, else a hash of it. */
export function stableId(...parts: readonly unknown[]): string {
  const text = parts.map((part) => String(part)).join('/');
  return /^[\w:./=+-]{1,128}$/.test(text) ? text : digestOf(text);
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Together no longer than what a record keeps of it. */
const LONGEST_LABEL = 110;
const DIGITS = 16;

/**
 * What a finding is about. There are many of one type, each of which ends by itself: the end of one must not pass for the end of
 * another.
 */
export function aboutFinding(label = 'finding', id: unknown): string {
  return `${label.slice(0, LONGEST_LABEL)}#${digestOf(String(id)).slice(0, DIGITS)}`;
}

const EARLIEST = Date.UTC(2020, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

/** Milliseconds since 1970, given as such or as an ISO date. */
export function asTime(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : value;
  return typeof time === 'number' && Number.isFinite(time) && time >= EARLIEST && time < LATEST
    ? Math.floor(time)
    : undefined;
}
