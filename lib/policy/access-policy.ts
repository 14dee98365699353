/* eslint-disable @typescript-eslint/no-explicit-any -- the API's only type for JSON in every language is any */
import { ConfigurationError } from '../internal/configuration-error';
import { Problems } from '../internal/problems';
import { quote } from '../internal/quote';
import type { Access } from './access';
import { connectStatement } from './connect';
import { minimize } from './minimize';
import type { PolicyLimits, PolicyScope } from './policy-scope';
import { arnIn, type DocumentJson, renderDocument, type Rule, ruleOf } from './rule';
import { documentSize, listSize, MAX_DOCUMENT, type RuleSize, sizeIn } from './size';
import { split } from './split';

const LARGEST_NAMED = 3;

/** That any target takes: a certificate. */
const MAX_DOCUMENTS = 10;

/** How large an `AccessPolicy` is. */
export interface PolicySize {
  /** Characters of all statements in one document, without white space, with the longest values filled in. */
  readonly characters: number;

  /** Characters of each document that the statements are split into. */
  readonly documents: number[];

  /** Most characters that AWS IoT allows in a document. */
  readonly limit: number;
}

/**
 * Documents of AWS IoT policies that let a device connect as its own thing, do what the accesses say, and nothing else.
 *
 * Connecting is allowed only with the thing's name as client id, while the thing is attached to the certificate. Persistent
 * sessions are allowed; a last will only where an access asks for it, since a will is sent for the device after it is gone,
 * and so after its access was withdrawn.
 *
 * Rendering does not depend on the order of the accesses: equal sets give equal documents.
 *
 * @example
 * const policy = AccessPolicy.of([Access.publish(Topic.of('pumps', Topic.THING, 'telemetry')), Access.jobs()]);
 * new iot.CfnPolicy(this, 'Policy', {
 *   policyDocument: policy.render({ partition: this.partition, region: this.region, account: this.account })[0],
 * });
 */
export class AccessPolicy {
  /** Policy of the given accesses. */
  public static of(accesses: Access[]): AccessPolicy {
    return new AccessPolicy(accesses);
  }

  /** What the policy allows, besides connecting. */
  public readonly accesses: Access[];

  private constructor(accesses: Access[]) {
    this.accesses = checkAccesses(accesses);
  }

  /**
   * The documents, each within 2,048 characters without white space, as objects that are ready for JSON.
   *
   * Fails if they are more than the limits allow, and says by how many characters and which accesses are the largest.
   *
   * @param scope Where the resources are
   * @param limits How many documents there may be; 2, as a thing group takes, without it
   */
  public render(scope: PolicyScope, limits: PolicyLimits = {}): any[] {
    const allowed = checkLimits(limits);
    const sizeOf = sizeIn(scope);
    const documents = this.split(sizeOf);
    if (documents.length > allowed) throw this.tooLarge(sizeOf, documents, allowed);
    return documents.map((rules): DocumentJson => renderDocument(rules, arnIn(scope)));
  }

  /** How large the documents are, whether they fit or not. */
  public size(scope: PolicyScope): PolicySize {
    const sizeOf = sizeIn(scope);
    return {
      characters: documentSize(this.minimal(sizeOf), sizeOf),
      documents: this.split(sizeOf).map((rules) => documentSize(rules, sizeOf)),
      limit: MAX_DOCUMENT,
    };
  }

  private minimal(sizeOf: RuleSize): Rule[] {
    const withWill = this.accesses.some((access) => access.allowsLastWill);
    const statements = [connectStatement(withWill), ...this.accesses.flatMap((access) => access.statements)];
    return minimize(statements.map(ruleOf), sizeOf);
  }

  private split(sizeOf: RuleSize): Rule[][] {
    const documents = split(this.minimal(sizeOf), sizeOf);
    if (Array.isArray(documents)) return documents;
    const size = documentSize([documents.tooLong], sizeOf);
    throw new ConfigurationError(
      'PolicyTooLarge',
      `a statement for ${documents.tooLong.actions.join(', ')} that cannot be divided has ${size} characters with its document, ${size - MAX_DOCUMENT} more than ${MAX_DOCUMENT}: shorten its conditions or resources`,
    );
  }

  private tooLarge(sizeOf: RuleSize, documents: readonly Rule[][], allowed: number): ConfigurationError {
    const excess = documents.slice(allowed).reduce((sum, rules) => sum + listSize(rules, sizeOf), 0);
    const largest = this.accesses
      .map(({ description, statements }) => ({
        description,
        size: listSize(minimize(statements.map(ruleOf), sizeOf), sizeOf),
      }))
      .sort((a, b) => b.size - a.size || (a.description < b.description ? -1 : 1))
      .slice(0, LARGEST_NAMED)
      .map(({ description, size }) => `${quote(description)} takes ${size}`);
    return new ConfigurationError(
      'PolicyTooLarge',
      `the accesses are ${excess} characters too long: they take ${documents.length} policy documents of ${MAX_DOCUMENT} characters, and there is room for ${allowed}. ` +
        `Of the largest, ${largest.join(', ')} characters. ` +
        'Let topics share a prefix (Access.publishBelow, or a subscription that ends in Topic.REST), or drop accesses: policies of parent groups count as well',
    );
  }
}

function checkAccesses(accesses: Access[]): Access[] {
  // What is resolved at synth only has no statements yet.
  if (Array.isArray(accesses) && accesses.every((access) => Array.isArray(access.statements))) return [...accesses];
  throw new ConfigurationError(
    'PolicyAccessInvalid',
    "'accesses' must be a list of Access, such as Access.jobs(), that is known at synth",
  );
}

/** CDK's numbers that only the deployment knows are less than any that is meant. */
function show(value: number): string {
  return value < -1e288 ? '<token>: it must be known at synth' : String(value);
}

function checkLimits(limits: PolicyLimits): number {
  const { maxDocuments = 2, inherited = 0 } = limits;
  const problems = new Problems();
  const isKnown = Number.isInteger(maxDocuments) && maxDocuments >= 1 && maxDocuments <= MAX_DOCUMENTS;
  if (!isKnown) {
    problems.report(
      'PolicyLimitsInvalid',
      `'maxDocuments' must be a whole number from 1 to ${MAX_DOCUMENTS}, got ${show(maxDocuments)}`,
    );
  }
  if (!Number.isInteger(inherited) || inherited < 0) {
    problems.report('PolicyLimitsInvalid', `'inherited' must be a whole number, 0 or more, got ${show(inherited)}`);
  } else if (isKnown && inherited >= maxDocuments) {
    problems.report(
      'PolicyLimitsInvalid',
      `'inherited' policies (${inherited}) leave no room: at most ${maxDocuments} count for this target`,
    );
  }
  problems.throwIfAny();
  return maxDocuments - inherited;
}
