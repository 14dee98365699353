import { createHash } from 'node:crypto';
import { CLAIMS_PATH, type SettingKind, SETTINGS } from './contract';

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** Reads properties of a custom resource, of which CloudFormation has made every leaf a string. */
export class PropertyReader {
  private readonly problems: string[] = [];

  constructor(private readonly properties: Readonly<Record<string, unknown>>) {}

  public text(name: string): string {
    const value = this.properties[name];
    if (typeof value === 'string' && value !== '') return value;
    this.problems.push(`${name} must be a text`);
    return '';
  }

  public optionalText(name: string): string | undefined {
    return this.properties[name] === undefined ? undefined : this.text(name);
  }

  public oneOf(name: string, allowed: readonly string[]): string {
    const value = this.text(name);
    if (value !== '' && !allowed.includes(value)) this.problems.push(`${name} must be one of ${allowed.join(', ')}`);
    return value;
  }

  public flag(name: string): boolean {
    const value = this.properties[name];
    if (value === 'true' || value === true) return true;
    if (value !== undefined && value !== 'false' && value !== false)
      this.problems.push(`${name} must be true or false`);
    return false;
  }

  public texts(name: string): string[] {
    const value = this.properties[name] ?? [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== ''))
      return value as string[];
    this.problems.push(`${name} must be a list of texts`);
    return [];
  }

  public map(name: string): Readonly<Record<string, unknown>> {
    const value = this.properties[name] ?? {};
    if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
    this.problems.push(`${name} must be a map`);
    return {};
  }

  public report(problem: string): void {
    this.problems.push(problem);
  }

  public result<T>(value: T): Parsed<T> {
    return this.problems.length === 0 ? { ok: true, value } : { ok: false, reason: this.problems.join('; ') };
  }
}

/** The unique part of a stack's id, which survives nothing and so belongs to one stack only. */
export function stackGuid(stackId: string): string {
  const guid = stackId.split('/')[2] ?? '';
  if (!/^[A-Za-z0-9-]+$/.test(guid)) throw new Error(`not the id of a stack: ${stackId}`);
  return guid;
}

/** A short name for any text, the same in every run. */
export function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

export function claimFolder(kind: SettingKind): string {
  return `${CLAIMS_PATH}/${kind}`;
}

/** Another stack of this account changed or gave back something. */
export interface ClaimChanged {
  readonly kind: SettingKind;
  readonly stack: string;
}

/**
 * Reads the event of a changed parameter; undefined for anything else.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-cwe.html
 */
export function parseClaimChanged(raw: unknown): ClaimChanged | undefined {
  if (!isRecord(raw) || raw.source !== 'aws.ssm' || !isRecord(raw.detail)) return undefined;
  const { name } = raw.detail;
  if (typeof name !== 'string' || !name.startsWith(`${CLAIMS_PATH}/`)) return undefined;
  const [kind, stack] = name.slice(CLAIMS_PATH.length + 1).split('/');
  const known = SETTINGS.find((setting) => setting === kind);
  return known === undefined || stack === undefined ? undefined : { kind: known, stack };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
