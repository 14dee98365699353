import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';
import { findNodeAtLocation, type Node, parseTree, type ParseError } from 'jsonc-parser';
import { holdsPrivateKey } from '../lib/internal/quote';
import { FLEET_SCHEMA } from './fleet-schema';
import { didYouMean, sayError } from './fleet-words';
import { fieldName, inWords, offsetOfDepth, type Path, pathOfField, placeFinder, toPath, toValue } from './json-places';
import type { RepairEntry } from './repair-entry';

/** One way of access, as fleet.json says it; exactly one of the properties is there. */
export interface AccessEntry {
  readonly publish?: string;
  readonly publishBelow?: string;
  readonly retain?: string;
  readonly subscribe?: string;
  readonly lastWill?: string;
  readonly shadow?: true;
  readonly namedShadow?: string;
  readonly jobs?: true;
  readonly commands?: true;
  readonly tunnelNotifications?: true;
  readonly defenderMetrics?: true;
  readonly stream?: string;
}

/** What happens when a device misbehaves, as fleet.json says it. */
export interface ResponseEntry {
  readonly mode?: 'act' | 'dry-run' | 'off';
  readonly blastRadius?: { readonly devices: number; readonly percent?: number; readonly minutes: number };
  readonly protectedGroups?: string[];
  readonly isolationHours?: number;
  readonly evidenceLockDays?: number;
  readonly sources?: ('security-hub' | 'guard-duty')[];
}

/** fleet.json, as its schema says it. */
export interface FleetDescription {
  readonly name: string;
  readonly thingType?: {
    readonly name: string;
    readonly description?: string;
    readonly searchableAttributes?: string[];
  };
  readonly enrollment?: {
    readonly thingNamePrefix?: string;
    readonly attributes?: Readonly<Record<string, string>>;
    readonly oneTimeUse?: boolean;
    readonly allowList?: string[];
    readonly allowListFile?: string;
    readonly claimCertificates?: string[];
  };
  readonly access: AccessEntry[];
  readonly customMetrics?: { readonly name: string; readonly type: string; readonly displayName?: string }[];
  readonly behaviors?: unknown[];
  readonly detect?: 'stream' | 'device-defender' | 'both' | 'off';
  readonly stream?: { readonly mode?: 'dry-run' | 'live' };
  readonly response?: ResponseEntry;
  readonly repair?: RepairEntry;
  readonly alerts: { readonly emails: string[] };
  readonly audit?: { readonly certificateAgeDays?: number; readonly certificateExpirationDays?: number };
}

/** Something in fleet.json that cannot be used: one line per problem, with file, line and column, field, and what is allowed. */
export class FleetFileError extends Error {
  public override readonly name = 'FleetFileError';

  constructor(public readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** More than the schema has; what reads the text is recursive. */
const MOST_LEVELS = 32;

/** A list of serial numbers in the wrong form has a problem in each entry: nobody reads them all. */
const MOST_PROBLEMS = 100;

/** It is a field of behaviors elsewhere, so who writes it should not have to guess. */
const CANNOT_EXPORT =
  'cannot be used here: no field of fleet.json says where values are exported to; leave it out, or write an app with Behavior.exported() and Detection.deviceDefender({ metricsExport })';

let compiled: ValidateFunction | undefined;

function schemaValidator(): ValidateFunction {
  // To make the code shorter takes as long as to make it, and it runs once.
  compiled ??= new Ajv({ allErrors: true, verbose: true, code: { optimize: false } }).compile(FLEET_SCHEMA);
  return compiled;
}

/** fleet.json with its place in the text, so that later findings (a topic, a behavior) name the line as well. */
export class FleetFile {
  public static read(path: string): FleetFile {
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
        throw new FleetFileError([`${path}: is not text in UTF-8; save it in this encoding`]);
      throw new FleetFileError([
        `${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message}); give another file with --fleet FILE`,
      ]);
    }
    return FleetFile.parse(text, path);
  }

  public static parse(text: string, path: string): FleetFile {
    const tooDeep = offsetOfDepth(text, MOST_LEVELS);
    if (tooDeep !== undefined)
      throw new FleetFileError([
        `${basename(path)}:${placeFinder(text)(tooDeep)}: lies ${MOST_LEVELS + 1} levels deep; no field of a fleet lies deeper than ${MOST_LEVELS}`,
      ]);
    const errors: ParseError[] = [];
    const root = parseTree(text.replace(/^\uFEFF/, ' '), errors, { allowTrailingComma: false, disallowComments: true });
    const [broken] = errors;
    if (broken !== undefined || root === undefined) {
      const at = placeFinder(text)(broken?.offset ?? 0);
      const isEmpty = root === undefined && text.trim() === '';
      throw new FleetFileError([
        `${basename(path)}:${at}: ${isEmpty ? "the file is empty; it must hold one object with at least 'name', 'access' and 'alerts'" : `is not JSON here: ${inWords(broken?.error)}`}`,
      ]);
    }
    return new FleetFile(text, path, root);
  }

  public readonly description: FleetDescription;
  private readonly found: { readonly offset: number; readonly words: string }[] = [];
  private readonly lineAndColumn: (offset: number) => string;

  private constructor(
    text: string,
    public readonly path: string,
    private readonly root: Node,
  ) {
    this.lineAndColumn = placeFinder(text);
    this.reportKeys(root, []);
    // Nothing else is said of such a file: whatever showed the value of a field would show the key.
    this.throwIfAny();
    this.reportDuplicates(root, []);
    const value = toValue(root);
    const validate = schemaValidator();
    if (!validate(value)) {
      for (const error of validate.errors ?? []) this.reportSchemaError(error);
    }
    this.description = value as FleetDescription;
    if (this.found.length === 0) this.reportContradictions();
    this.throwIfAny();
  }

  /** Remembers a problem at a field. */
  public report(path: Path, message: string): void {
    this.reportAtOffset(this.offsetOf(path), path, message);
  }

  /** The same, for a field named in words: `behaviors[2].atMost`. */
  public reportAt(field: string, message: string): void {
    this.report(pathOfField(field), message);
  }

  /** Whether the file says something there. */
  public has(path: Path): boolean {
    return findNodeAtLocation(this.root, path) !== undefined;
  }

  public throwIfAny(): void {
    if (this.found.length === 0) return;
    const sorted = [...this.found].sort((a, b) => a.offset - b.offset);
    const lines = new Set<string>();
    for (const [index, { offset, words }] of sorted.entries()) {
      if (lines.size === MOST_PROBLEMS) {
        lines.add(`and ${(sorted.length - index).toLocaleString('en')} more`);
        break;
      }
      lines.add(`${basename(this.path)}:${this.lineAndColumn(offset)}: ${words}`);
    }
    throw new FleetFileError([...lines]);
  }

  private reportAtOffset(offset: number, path: Path, message: string): void {
    this.found.push({ offset, words: `${path.length === 0 ? 'the file' : fieldName(path)} ${message}` });
  }

  private reportContradictions(): void {
    const { enrollment, response = {}, repair = {} } = this.description;
    const { mode, ...options } = response;
    if (mode === 'off')
      for (const option of Object.keys(options))
        this.report(['response', option], "says how to respond, but response.mode is 'off'; keep one of the two");
    if (enrollment?.allowList !== undefined && enrollment.allowListFile !== undefined) {
      this.report(
        ['enrollment', 'allowListFile'],
        'cannot be used together with enrollment.allowList; keep one of the two',
      );
    }
    if (mode === 'off' && this.description.repair !== undefined)
      this.report(['repair'], "repairs isolated devices, but response.mode is 'off', so none is; keep one of the two");
    this.reportContradictionsOf(repair);
  }

  private reportContradictionsOf({ patch, proof }: RepairEntry): void {
    if (proof !== undefined && patch === undefined)
      this.report(['repair', 'proof'], 'proves that a patch has helped, but repair.patch is not there; give both');
    for (const [index, step] of (patch?.steps ?? []).entries()) {
      const at = ['repair', 'patch', 'steps', index];
      if ((step.handler === undefined) === (step.command === undefined))
        this.report(at, "must have exactly one of 'handler' and 'command'");
      for (const option of ['args', 'artifacts'] as const)
        if (step.command !== undefined && step[option] !== undefined)
          this.report([...at, option], "is for a 'handler'; a 'command' has all in its list");
    }
    const { rollout } = patch ?? {};
    if (rollout === undefined) return;
    const names = Object.keys(rollout);
    if (names.includes('perMinute') ? names.length > 1 : !names.includes('basePerMinute'))
      this.report(
        ['repair', 'patch', 'rollout'],
        `must have either 'perMinute' alone, or 'basePerMinute' and how it grows, got ${names.join(', ') || '{}'}`,
      );
  }

  private reportSchemaError(error: ErrorObject): void {
    // What fields decide about each other is said better where they are read together, and what was tried is one problem.
    if (/\/allOf|\/anyOf\//.test(error.schemaPath)) return;
    const path = toPath(error.instancePath, this.root);
    const params = error.params as Record<string, unknown>;
    switch (error.keyword) {
      case 'additionalProperties': {
        const known = Object.keys((error.parentSchema as { properties: object }).properties);
        const name = String(params.additionalProperty);
        if (path[0] === 'behaviors' && name === 'exported') this.report([...path, name], CANNOT_EXPORT);
        else this.report([...path, name], `is not known; known here: ${known.join(', ')}${didYouMean(name, known)}`);
        return;
      }
      case 'uniqueItems':
        // Which of the two the validator names first, it does not say.
        this.report(
          [...path, Math.max(Number(params.i), Number(params.j))],
          `stands in the list already, at ${fieldName([...path, Math.min(Number(params.i), Number(params.j))])}`,
        );
        return;
      default: {
        const words = sayError(error);
        if (words !== undefined) this.report(path, words);
      }
    }
  }

  /** A private key must not get into a template, whichever field would take it. */
  private reportKeys({ type, value, offset, children = [] }: Node, path: Path): void {
    if (type === 'string' && holdsPrivateKey(String(value)))
      this.reportAtOffset(
        offset,
        path,
        'holds a private key (not shown), and a template must not: devices make their keys themselves. Take it out, and replace the key, which is no secret any more',
      );
    for (const [index, child] of children.entries()) {
      if (type === 'array') this.reportKeys(child, [...path, index]);
      else if (type === 'property') this.reportKeys(child, path);
      else this.reportKeys(child, [...path, String(child.children?.[0]?.value)]);
    }
  }

  /** JSON lets a name stand twice and keeps the last: in a security policy that hides the first. */
  private reportDuplicates(node: Node, path: Path): void {
    const names = new Set<string>();
    for (const [index, child] of (node.children ?? []).entries()) {
      if (node.type === 'array') this.reportDuplicates(child, [...path, index]);
      const [key, value] = node.type === 'object' ? (child.children ?? []) : [];
      if (key === undefined || value === undefined) continue;
      const name = String(key.value);
      if (names.has(name)) this.reportAtOffset(key.offset, [...path, name], 'stands twice; keep one');
      names.add(name);
      this.reportDuplicates(value, [...path, name]);
    }
  }

  private offsetOf(path: Path): number {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = findNodeAtLocation(this.root, path.slice(0, length));
      if (node !== undefined)
        return (length === path.length && node.parent?.type === 'property' ? node.parent : node).offset;
    }
    return 0;
  }
}
