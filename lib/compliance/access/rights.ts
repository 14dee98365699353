import { ConfigurationError } from '../../internal/configuration-error';
import { Problems } from '../../internal/problems';
import { ConnectionContext, ConnectionProtocol, ThingAttachment } from '../../policy/evaluator';
import { type CheckKind } from '../../policy/evaluator/check';
import { type DecisionTable } from '../../policy/evaluator/decision-table';
import { DocumentReader } from '../../policy/evaluator/document';
import { afterPrefix, type Codes } from '../../policy/evaluator/glob';
import { Scope } from '../../policy/evaluator/scope';
import { type Statement } from '../../policy/evaluator/statement';
import { type PolicyCondition, type PolicyStatement, readDocument, type World } from '../policies/document';
import { piecesOf } from '../policies/pattern';
import { type AccessAction, ACTIONS, CONNECT } from './actions';
import { ALL, type Clause, isEmpty, type Language, plain, type Right } from './language';
import { holdsSymbols, type Symbols } from './symbols';
import type { Who } from './who';

/** What somebody may do, by action; an action that is missing is not asked about. */
export type Rights = ReadonlyMap<AccessAction, Right>;

interface Bound {
  readonly statement: PolicyStatement;
  readonly because: string;
  readonly when: readonly string[];
}

/** Works out what somebody may do in an account and region, by the project's own evaluator. */
export function rightsOf(
  who: Who,
  world: World,
  symbols: Symbols,
): { readonly rights: Rights; readonly problems: string[] } {
  const compiled = compile(who, world);
  if (compiled.problems.length > 0) return { rights: new Map(), problems: compiled.problems };
  return { rights: new Person(who, world, symbols, compiled).rights(), problems: [] };
}

interface Compiled {
  readonly statements: Statement[];
  readonly bound: Map<Statement, Bound>;
  readonly problems: string[];
}

/** Statements with the conditions that are decided here; all others are kept beside them, as text. */
function compile(who: Who, world: World): Compiled {
  const compiled: Compiled = { statements: [], bound: new Map(), problems: [] };
  for (const { name, document, group } of who.policies) {
    const read = readDocument(document, world).statements;
    if (holdsSymbols(JSON.stringify(read))) {
      compiled.problems.push(`${name}: it holds characters of the private use area`);
      continue;
    }
    try {
      const problems = new Problems();
      const json = { Version: '2012-10-17', Statement: read.map(toJson) };
      const target = group === undefined ? 'certificate' : `thing group ${group}`;
      const reader = new DocumentReader({ policyName: name, target, thingGroupName: group }, problems);
      const statements = reader.read(json);
      problems.throwIfAny();
      statements.forEach((statement, index) => {
        const source = read[index] as PolicyStatement;
        compiled.statements.push(statement);
        compiled.bound.set(statement, {
          statement: source,
          because: `${source.denies ? 'Deny' : 'Allow'} in Statement[${source.index}] of policy ${name}`,
          when: source.conditions.filter((condition) => !isDecided(condition)).map(inWords),
        });
      });
    } catch (error) {
      if (!ConfigurationError.is(error)) throw error;
      compiled.problems.push(`${name}: AWS IoT would refuse it: ${error.message}`);
    }
  }
  return compiled;
}

/** Conditions on who a device is, and on what kind of connection it makes, are decided; on all else the answer depends. */
function isDecided({ key, values }: PolicyCondition): boolean {
  const name = key.toLowerCase();
  if (name === 'iot:connection.thing.isattached' || name === 'iot:connectattributes') return true;
  return (
    (name === 'iot:clientid' || name === 'iot:connection.thing.thingname') &&
    values.length > 0 &&
    values.every((value) => piecesOf(value).every(({ kind }) => kind === 'variable'))
  );
}

function inWords({ operator, key, values }: PolicyCondition): string {
  return `${operator} ${key}: ${[...values].sort().join(', ')}`;
}

function toJson(statement: PolicyStatement): object {
  const block: Record<string, Record<string, readonly string[]>> = {};
  for (const { operator, key, values } of statement.conditions.filter(isDecided))
    block[operator] = { ...block[operator], [key]: values };
  const either = (name: string, values: readonly string[], inverted: readonly string[]): object =>
    inverted.length > 0 ? { [`Not${name}`]: inverted } : { [name]: values };
  const action = (text: string): string => (text.startsWith('<') ? `unknown:${text}` : text);
  const resource = (text: string): string => (text.startsWith('<') ? `arn:unknown:unknown:::${text}` : text);
  return {
    Effect: statement.denies ? 'Deny' : 'Allow',
    ...either('Action', statement.actions.map(action), statement.notActions.map(action)),
    ...either('Resource', statement.resources.map(resource), statement.notResources.map(resource)),
    ...(Object.keys(block).length === 0 ? {} : { Condition: block }),
  };
}

/** One identity in one account and region. */
class Person {
  private readonly own: string | undefined;
  private readonly variables: readonly string[];

  constructor(
    private readonly who: Who,
    private readonly world: World,
    private readonly symbols: Symbols,
    private readonly compiled: Compiled,
  ) {
    this.own = who.hasThing ? (who.thingName ?? symbols.thing) : undefined;
    this.variables = variablesOf([...compiled.bound.values()].map(({ statement }) => statement));
  }

  public rights(): Rights {
    const mqtt = this.scope({ clientId: this.clientId });
    const connect = this.connectRight(mqtt);
    const will = this.gate(this.scope({ clientId: this.clientId, lastWill: { topic: 'x' } }));
    const gate = this.gate(mqtt);
    const https = this.scope({ protocol: ConnectionProtocol.HTTPS });
    const rights = new Map<AccessAction, Right>();
    for (const action of ACTIONS) {
      if (action.over === 'https' && this.who.isForeign) continue;
      if (action === CONNECT) rights.set(action, connect);
      else if (action.over === 'https') rights.set(action, this.languages(https, action));
      else rights.set(action, this.gated(this.languages(mqtt, action), action.id === 'will' ? will : gate, connect));
    }
    return rights;
  }

  /** Under its own name, or under any that it chooses. */
  private get clientId(): string {
    return this.own === undefined || this.who.isForeign ? this.symbols.client : this.own;
  }

  private scope(extra: object): Scope {
    const attachment =
      this.own === undefined
        ? ThingAttachment.NOT_ATTACHED
        : this.who.isExclusive
          ? ThingAttachment.EXCLUSIVE_THING
          : ThingAttachment.NON_EXCLUSIVE_THING;
    const device = this.symbols.device(this.variables);
    const others = this.variables.filter((name) => !name.toLowerCase().startsWith('iot:'));
    const context = new ConnectionContext({
      ...device,
      ...(this.own === undefined ? { thingTypeName: undefined, attributes: undefined } : { thingName: this.own }),
      attachment,
      conditionKeys: {
        ...Object.fromEntries(others.map((name) => [name, [this.symbols.of(name.toLowerCase())]])),
        ...device.conditionKeys,
      },
      ...extra,
    });
    return new Scope({ ...this.world, parentGroups: new Map() }, this.compiled.statements, context);
  }

  private connectRight(scope: Scope): Right {
    const [language] = this.languages(scope, CONNECT);
    if (language === undefined || !this.isFree) return language === undefined ? [] : [language];
    return [this.foreign(language)];
  }

  /** Whether it chooses its client id. */
  private get isFree(): boolean {
    return this.who.isForeign || this.own === undefined;
  }

  /** The client ids that are not the device's own; a pattern that takes whatever is chosen takes all. */
  private foreign(language: Language): Language {
    const any = (clauses: readonly Clause[]): Clause[] =>
      clauses.map((clause) => ({
        ...clause,
        patterns: clause.patterns.map((codes) => (this.isChoice(codes) ? ALL : codes)),
      }));
    const own = this.own === undefined ? [] : plain([toCodes(this.own)]).allows;
    return { allows: any(language.allows), denies: [...any(language.denies), ...own] };
  }

  private isChoice(codes: Codes): boolean {
    return codes.length === 1 && codes[0] === this.symbols.client.charCodeAt(0);
  }

  /** The connection as a condition of what follows: undefined where nothing stands in the way of it, none where it is refused. */
  private gate(scope: Scope): Language | undefined | 'closed' {
    if (this.who.isConnected) return undefined;
    const [language] = this.connectRight(scope);
    if (language === undefined || isEmpty([language])) return 'closed';
    if (language.allows.some(({ when, patterns }) => when.length === 0 && patterns.length > 0)) return undefined;
    return { allows: language.allows.map((clause) => ({ ...clause, patterns: [ALL], inverted: false })), denies: [] };
  }

  private gated(right: Right, gate: Language | undefined | 'closed', connect: Right): Right {
    if (gate === 'closed') return [];
    const known = this.isFree ? right.map((language) => this.underChosenId(language, connect)) : right;
    return gate === undefined || known.length === 0 ? known : [...known, gate];
  }

  /** Topics that hold the client id, for every client id that the device may choose. */
  private underChosenId(language: Language, [connect]: Right): Language {
    const ids = (connect?.allows ?? []).flatMap(({ patterns, inverted }) => (inverted ? [ALL] : patterns));
    const code = this.symbols.client.charCodeAt(0);
    const spread = (codes: Codes): Codes[] =>
      codes.includes(code) ? ids.map((id) => codes.flatMap((each) => (each === code ? id : [each]))) : [codes];
    // A device that is denied something under one client id takes another.
    const keep = (codes: Codes): Codes[] => (codes.includes(code) ? [] : [codes]);
    return {
      allows: language.allows.map((clause) => ({
        ...clause,
        patterns: clause.patterns.flatMap(clause.inverted ? keep : spread),
      })),
      denies: language.denies.map((clause) => ({
        ...clause,
        patterns: clause.patterns.flatMap(clause.inverted ? spread : keep),
      })),
    };
  }

  private languages(scope: Scope, action: AccessAction): Right {
    const languages = action.kinds.map((kind) => this.language(scope, kind));
    return languages.every(({ allows }) => allows.length > 0) ? languages : [];
  }

  private language(scope: Scope, kind: CheckKind): Language {
    const table = scope.table(kind);
    const prefix = `arn:${this.world.partition}:iot:${this.world.region}:${this.world.account}:${kind.type ?? ''}`;
    const clauses = (bound: DecisionTable['allows']): Clause[] =>
      bound.map(({ statement }) => ({
        patterns: unique(statement.patterns(table.keys).flatMap((codes) => afterPrefix(codes, prefix))),
        inverted: statement.inverted,
        when: this.compiled.bound.get(statement)?.when ?? [],
        because: this.compiled.bound.get(statement)?.because ?? '',
      }));
    const some = (clause: Clause): boolean => clause.inverted || clause.patterns.length > 0;
    return { allows: clauses(table.allows).filter(some), denies: clauses(table.denies).filter(some) };
  }
}

function unique(patterns: readonly Codes[]): Codes[] {
  return [...new Map(patterns.map((codes) => [codes.join(), codes])).values()];
}

function toCodes(text: string): Codes {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
}

function variablesOf(statements: readonly PolicyStatement[]): string[] {
  const texts = statements.flatMap(({ resources, notResources, conditions }) => [
    ...resources,
    ...notResources,
    ...conditions.flatMap(({ values }) => values),
  ]);
  const names = texts
    .filter((text) => text.includes('${'))
    .flatMap((text) => piecesOf(text).flatMap((piece) => (piece.kind === 'variable' ? [piece.name] : [])));
  return [...new Set(names)].sort();
}
