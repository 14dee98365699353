import { ConfigurationError } from '../../internal/configuration-error';
import { AttachedPolicy, type ConnectionContext, PolicyEvaluator, PolicyRequest } from '../../policy/evaluator';
import { at, isList, isMap, isUnresolved, listOf, partsOf, type Value } from '../model/value';
import { type Act, ACTS, CONNECT, covers } from './acts';
import { clientPatterns, disguisesOf, isOnClientId } from './client-ids';
import {
  type PolicyCondition,
  type PolicyStatement,
  type PolicyText,
  readDocument,
  SOME_WORLD,
  type World,
} from './document';
import { hasWildcard, isIdentity, nameOf, piecesOf } from './pattern';
import { type Asked, connection, type Devices, devicesFor } from './persona';
import { Recent } from './recent';
import { gathers, isOfAll, literalThings, othersNames } from './targets';
import { attributesOf, usesClientId, variableProblems } from './variables';
import { worldsOf } from './worlds';

/** Proof that a policy lets one device reach what is another's. */
export interface Reach {
  readonly act: Act;
  readonly statement: number;
  /** Resource pattern of the policy. */
  readonly pattern: string;
  /** The topic, filter, client id or thing that is reached. */
  readonly target: string;
  /** The whole story in words. */
  readonly example: string;
  readonly clientId: string;
}

export interface PolicyAnalysis {
  readonly text: PolicyText;
  readonly reaches: readonly Reach[];
  /** Why parts of the policy cannot be judged. */
  readonly unknown: readonly string[];
  /** What in it cannot be what is meant; it also stands in `unknown`. */
  readonly mistaken: readonly string[];
  /** Why AWS IoT would not store it. */
  readonly refused: readonly string[];
  readonly world: World;
}

/** Four times what AWS IoT stores: a longer document is not worth the time. */
const MAX_CHARACTERS = 8192;
/** The texts of a document may have white space, though hardly so much; beyond it nothing is even counted. */
const MAX_LENGTH = 65_536;
/** Regions and accounts that one policy names; more are not looked at. */
const MAX_WORLDS = 6;
/** How a finding names the resources of a statement with `NotResource`. */
const ALL_BUT = '(all but NotResource)';
/** Client ids that are tried for the patterns of `Connect`, beyond the names of the other devices. */
const MAX_DISGUISES = 8;
/** Conditions on these are part of who a device is. All others (addresses, dates, types) the attacker is assumed to meet. */
const IDENTITY_KEYS = ['iot:connection.thing.isattached', 'iot:connection.thing.thingname', 'iot:clientid'];

/** Why a policy alone cannot be judged; one that is attached beside it may say. */
export const CHOSEN_CLIENT_ID =
  'it uses ${iot:ClientId}, which a client chooses, and does not say here who may connect as what';

/** Finds what a policy lets a device reach that is not its own. `exclusive`: certificates are attached to one thing alone. */
export function analyze(document: Value, exclusive: boolean): PolicyAnalysis {
  const length = lengthOf(document);
  if (length > MAX_LENGTH) return tooLong(length);
  const base = readDocument(document, SOME_WORLD);
  if (base.characters > MAX_CHARACTERS) return tooLong(Math.max(length, base.characters));
  const worlds = worldsOf(base.statements);
  const { doubtful, mistaken } = variableProblems(base.statements);
  const unknown = [...base.unknown, ...doubtful, ...mistaken];
  // What somebody else writes may well be what AWS IoT asks for.
  if (base.statements.length === 0 && listOf(at(document, 'Statement')).some(isUnresolved))
    return { text: base, reaches: [], unknown, mistaken, refused: [], world: SOME_WORLD };
  if (worlds.length > MAX_WORLDS) unknown.push('it names more accounts and regions than are looked at');
  const refused: string[] = [];
  const reaches: Reach[] = [];
  for (const world of worlds.slice(0, MAX_WORLDS)) {
    try {
      const { statements } = world === SOME_WORLD ? base : readDocument(document, world);
      reaches.push(...found(statements, world, exclusive));
    } catch (error) {
      // Anything else is a defect of ours, which must not pass for one of the policy.
      if (!ConfigurationError.is(error)) throw error;
      refused.push(error.message);
    }
  }
  if (
    usesClientId(base.statements) &&
    !base.statements.some((statement) => !statement.denies && covers(statement, CONNECT.action))
  ) {
    unknown.push(CHOSEN_CLIENT_ID);
  }
  return {
    text: base,
    reaches,
    unknown: [...new Set(unknown)],
    mistaken,
    refused: [...new Set(refused)],
    world: worlds[0] ?? SOME_WORLD,
  };
}

const FOUND = new Recent<readonly Reach[]>(100);
/** What white space makes longer than what AWS IoT stores is not kept. */
const MOST_KEPT = 20_000;

/** The stacks of a fleet have the same policy each, and so have the templates of before and after a change. */
function found(statements: readonly PolicyStatement[], world: World, exclusive: boolean): readonly Reach[] {
  const key = JSON.stringify([statements, world, exclusive]);
  const search = (): Reach[] => new Search(statements, world, exclusive).run();
  return key.length > MOST_KEPT ? search() : FOUND.get(key, search);
}

/** What was found is looked for again: for who measures how long that takes. */
export function forgetFound(): void {
  FOUND.forget();
}

/** None of its statements is judged, nor counted on: AWS IoT does not store them. */
function tooLong(characters: number): PolicyAnalysis {
  const refused = [`it has ${characters} characters without white space, of 2048`];
  const text = { statements: [], unknown: [], characters };
  return { text, reaches: [], unknown: [], mistaken: [], refused, world: SOME_WORLD };
}

/** Characters of all texts, at the least. */
function lengthOf(value: Value): number {
  if (isList(value)) return value.reduce<number>((sum, item) => sum + lengthOf(item), 0);
  if (isMap(value)) return Object.entries(value).reduce((sum, [key, item]) => sum + key.length + lengthOf(item), 0);
  return (partsOf(value) ?? []).reduce((sum, part) => sum + (typeof part === 'string' ? part : part.label).length, 0);
}

/** The document that decides for an attacker who meets every condition that does not say who it is. */
function hostile(statements: readonly PolicyStatement[]): {
  readonly document: object;
  readonly indexes: readonly number[];
} {
  const kept = statements.flatMap((statement) => {
    const conditions = statement.conditions.filter(
      (each) => isIdentityCondition(each) && (statement.denies || !holdsWithoutValue(each)),
    );
    // A deny that depends on where the attacker is, does not stop one who is elsewhere.
    if (statement.denies && conditions.length < statement.conditions.length) return [];
    return [{ index: statement.index, json: toJson(statement, conditions) }];
  });
  return {
    document: { Version: '2012-10-17', Statement: kept.map(({ json }) => json) },
    indexes: kept.map(({ index }) => index),
  };
}

function isIdentityCondition({ operator, key, values }: PolicyCondition): boolean {
  const patterns = operator.toLowerCase().includes('like') ? values.filter(hasWildcard) : [];
  // A pattern is for many devices, of which the attacker's may be one, also where the list names the device beside it.
  // Which client ids it stands for is tried.
  if (values.some((value) => value.includes('${')))
    return isOnClientId(key) || patterns.every((pattern) => pattern.includes('${'));
  if (!IDENTITY_KEYS.includes(key.toLowerCase()) && !isOwnField(key)) return false;
  return patterns.length === 0;
}

/** An operator that also holds for a key without a value, which is what a device that nobody attached has. */
function holdsWithoutValue({ operator, key }: PolicyCondition): boolean {
  const name = operator.toLowerCase();
  return (name.endsWith('ifexists') || name.startsWith('forallvalues:')) && !isOnClientId(key);
}

/** A field of the certificate that differs from device to device: who asks for its value names devices. */
function isOwnField(key: string): boolean {
  return key.toLowerCase().startsWith('iot:certificate') && isIdentity(key);
}

function toJson(statement: PolicyStatement, conditions: readonly PolicyCondition[]): object {
  const block: Record<string, Record<string, readonly string[]>> = {};
  for (const { operator, key, values } of conditions) block[operator] = { ...block[operator], [key]: values };
  const either = (name: string, values: readonly string[], inverted: readonly string[]): object =>
    inverted.length > 0 ? { [`Not${name}`]: inverted } : { [name]: values };
  return {
    Effect: statement.denies ? 'Deny' : 'Allow',
    ...either('Action', statement.actions.map(asAction), statement.notActions.map(asAction)),
    ...either('Resource', statement.resources.map(asResource), statement.notResources.map(asResource)),
    ...(conditions.length === 0 ? {} : { Condition: block }),
  };
}

/** What is not known stands for something that nobody asks for, so that the rest of the document is still judged. */
function asAction(action: string): string {
  return action.startsWith('<') ? `unknown:${action}` : action;
}

function asResource(resource: string): string {
  return resource.startsWith('<') ? `arn:unknown:unknown:::${resource}` : resource;
}

/** Tries, for one account and region, everything that device A might do to device B. */
class Search {
  private readonly evaluator: PolicyEvaluator;
  private readonly devices: Devices;
  private readonly asked: Asked;
  private readonly connected = new Map<ConnectionContext, PolicyStatement[]>();
  private readonly ownNames: readonly string[];
  private readonly indexes: readonly number[];
  /** Denies of all but something. */
  private readonly sparing: readonly PolicyStatement[];

  constructor(
    private readonly statements: readonly PolicyStatement[],
    world: World,
    private readonly exclusive: boolean,
  ) {
    const text = JSON.stringify(statements);
    this.devices = devicesFor(text);
    this.asked = { attributes: attributesOf(statements), certificate: text.toLowerCase().includes('iot:certificate') };
    this.sparing = statements.filter(({ denies, notResources }) => denies && notResources.length > 0);
    const allowed = statements.filter(({ denies }) => !denies);
    const connecting = allowed.filter((statement) => covers(statement, CONNECT.action));
    // Who says nothing of connecting, and names things in full, writes for these things.
    this.ownNames =
      connecting.length === 0 && !text.includes('${')
        ? allowed.flatMap(({ resources }) => literalThings(resources))
        : connecting.flatMap((statement) => [...literalClients(statement), ...askedNames(statement)]);
    const { document, indexes } = hostile(statements);
    this.indexes = indexes;
    // Documents are tried up to a multiple of what AWS IoT stores, in a form that is longer than what they were.
    const policy = AttachedPolicy.onCertificate(document, 'policy')._ofAnySize();
    this.evaluator = new PolicyEvaluator({ ...world, policies: [policy] });
  }

  public run(): Reach[] {
    const allows = this.statements.filter(({ denies }) => !denies);
    const { devices } = this;
    const disguised = this.disguised();
    const sessions = [
      ...this.sessions(allows, disguised.length > 0).map((context) => ({ context, devices })),
      ...disguised,
    ];
    const grants = allows.flatMap(grantsOf);
    return [
      ...this.connects(sessions),
      ...sessions.flatMap((session) => grants.flatMap((grant) => this.acts(session, grant))),
    ];
  }

  /** Every client id that the policy lets device A connect under. */
  private sessions(allows: readonly PolicyStatement[], isDisguised: boolean): ConnectionContext[] {
    const { a, b, longer } = this.devices;
    const connecting = allows.filter((statement) => covers(statement, CONNECT.action));
    const others = connecting.flatMap((statement) => this.disguises(statement)).map(({ clientId }) => clientId);
    const spared = this.statements.flatMap(clientPatterns).flatMap((pattern) => this.namesIn(pattern));
    const tried = [...others.slice(0, MAX_DISGUISES), ...spared.slice(0, MAX_DISGUISES)];
    const ids = [...new Set([a, b, longer, '+', ...this.ownNames, ...tried])].filter((id) => id !== '');
    const as = (exclusive: boolean): ConnectionContext[] =>
      ids.map((id) => connection(this.devices, id, exclusive, this.asked));
    // A policy that says nothing of connecting stands beside one that does: assume that it binds the client id.
    if (connecting.length === 0) return as(this.exclusive).slice(0, 1);
    const refused = this.statements.some(
      (statement) => statement.denies && covers(statement, CONNECT.action) && asksForAttachment(statement),
    );
    const careless = !this.exclusive && !refused && connecting.some((statement) => !asksForAttachment(statement));
    const connected = [
      ...as(this.exclusive).filter((context) => this.connectedBy(context).length > 0),
      ...(careless ? as(true).filter((context) => this.ignoresAttachment(context)) : []),
    ];
    return connected.length === 0 && !isDisguised ? as(this.exclusive).slice(0, 1) : connected;
  }

  /** Sessions that a condition on something else than the client id lets through under another's. */
  private disguised(): Session[] {
    const each = this.statements
      .filter((statement) => covers(statement, CONNECT.action))
      .flatMap((statement) => disguisesOf(statement, this.devices))
      .slice(0, MAX_DISGUISES);
    // Who compares them expects others than the thing's name, which only exclusive attachment gives its variables.
    return each
      .map(({ devices, clientId }): Session => ({ devices, context: connection(devices, clientId, true, this.asked) }))
      .filter(({ context }) => this.connectedBy(context).length > 0);
  }

  /** The statements that let the device connect so; none where it may not. */
  private connectedBy(context: ConnectionContext): PolicyStatement[] {
    const known = this.connected.get(context);
    if (known !== undefined) return known;
    const connection = this.evaluator.forConnection(context);
    const decision = connection.isAllowed(PolicyRequest.connect())
      ? connection.evaluate(PolicyRequest.connect())
      : undefined;
    const indexes = (decision?.because ?? []).map(({ statementIndex }) => this.indexes[statementIndex]);
    const found = this.statements.filter(({ index }) => indexes.includes(index));
    this.connected.set(context, found);
    return found;
  }

  /**
   * Where the templates attach no certificate, it may be attached exclusively: thing variables then have values under any
   * client id. Who asks for `IsAttached` has thought of it for the usual attachment, and is taken at that.
   */
  private ignoresAttachment(context: ConnectionContext): boolean {
    if (context.clientId === this.devices.a) return false;
    return this.connectedBy(context).some((statement) => !asksForAttachment(statement));
  }

  private connects(sessions: readonly Session[]): Reach[] {
    return sessions.flatMap((session) => {
      const { context, devices } = session;
      const clientId = context.clientId ?? '';
      if (clientId === devices.a || clientId === '+' || this.ownNames.includes(clientId)) return [];
      return this.connectedBy(context).map((statement) => {
        const pattern = this.disguises(statement).find((each) => each.clientId === clientId)?.resource;
        return reachBy(session, CONNECT, statement.index, pattern ?? statement.resources[0] ?? ALL_BUT, clientId);
      });
    });
  }

  /** Client ids of others that a statement's resources may stand for. */
  private disguises(statement: PolicyStatement): { readonly resource: string; readonly clientId: string }[] {
    const spared = this.spared(CONNECT).flatMap((name) => this.namesIn(name));
    return names(statement, CONNECT.type).flatMap(({ resource, name }) =>
      [this.devices.b, ...this.namesIn(name), ...spared].map((clientId) => ({ resource, clientId })),
    );
  }

  /** Client ids of others that a pattern stands for. */
  private namesIn(pattern: string): string[] {
    return othersNames(pattern, CONNECT.type, this.devices, this.devices.a, this.ownNames);
  }

  /** What denies of all but something leave. */
  private spared(act: Act): string[] {
    return this.sparing
      .filter((statement) => covers(statement, act.action))
      .flatMap(({ notResources }) => notResources.flatMap((resource) => nameOf(resource, act.type) ?? []))
      .filter(hasWildcard);
  }

  private acts(session: Session, { statement, act, resource, name }: Grant): Reach[] {
    const left = this.sparing.length === 0 ? [] : this.spared(act);
    const targets = [...left, name].flatMap((each) => this.targets(session, act, each));
    return (left.length === 0 ? targets : [...new Set(targets)])
      .filter((target) => this.allows(statement, act, session.context, target))
      .map((target) => reachBy(session, act, statement.index, resource, target));
  }

  /** What is another's, out of what a name with wildcards and variables stands for. */
  private targets({ context, devices }: Session, act: Act, name: string): string[] {
    const clientId = context.clientId ?? '';
    const others = othersNames(name, act.type, devices, clientId, this.ownNames);
    const gathered = act.name === 'subscribe' ? gathers(name, devices, clientId, this.ownNames) : undefined;
    const left = act.name === 'retain' ? isOfAll(name, this.ownNames) : [];
    return [...(gathered === undefined ? [] : [gathered]), ...others, ...left];
  }

  /** Whether the request goes through, and by this statement. */
  private allows(statement: PolicyStatement, act: Act, session: ConnectionContext, target: string): boolean {
    const connection = this.evaluator.forConnection(session);
    const request = act.request(target);
    if (!connection.isAllowed(request)) return false;
    const because = connection.evaluate(request).checks[0]?.because ?? [];
    return because.some(({ statementIndex }) => this.indexes[statementIndex] === statement.index);
  }
}

/** A device under a client id that it is let in with. */
interface Session {
  readonly context: ConnectionContext;
  readonly devices: Devices;
}

function reachBy({ context, devices }: Session, act: Act, statement: number, pattern: string, target: string): Reach {
  const clientId = context.clientId ?? '';
  return { act, statement, pattern, target, clientId, example: story(devices, act, clientId, target) };
}

function story({ a }: Devices, act: Act, clientId: string, target: string): string {
  const disguise = act !== CONNECT && clientId !== a ? `, connected under client id '${clientId}',` : '';
  return `device '${a}'${disguise} can ${act.verb} '${target}'`;
}

function asksForAttachment({ conditions }: PolicyStatement): boolean {
  return conditions.some(({ key }) => key.toLowerCase() === IDENTITY_KEYS[0]);
}

/** Something a statement lets a device do, on one of its resources. */
interface Grant {
  readonly statement: PolicyStatement;
  readonly act: Act;
  readonly resource: string;
  readonly name: string;
}

function grantsOf(statement: PolicyStatement): Grant[] {
  return ACTS.filter((act) => covers(statement, act.action)).flatMap((act) =>
    names(statement, act.type).map((named) => ({ statement, act, ...named })),
  );
}

/** The names of a type that a statement is about; `NotResource` may be about any. */
function names(statement: PolicyStatement, type: string): { readonly resource: string; readonly name: string }[] {
  if (statement.notResources.length > 0) return [{ resource: ALL_BUT, name: '*' }];
  return statement.resources.flatMap((resource) => {
    const name = nameOf(resource, type);
    return name === undefined ? [] : [{ resource, name }];
  });
}

function literalClients(statement: PolicyStatement): string[] {
  return names(statement, CONNECT.type)
    .map(({ name }) => name)
    .filter((name) => piecesOf(name).every(({ kind }) => kind === 'text'));
}

/** Names that a statement's conditions ask for, one by one. */
function askedNames({ conditions }: PolicyStatement): string[] {
  return conditions
    .filter(({ operator, key }) => NAMING.test(operator) && IDENTITY_KEYS.slice(1).includes(key.toLowerCase()))
    .flatMap(({ values }) => values.filter((value) => piecesOf(value).every(({ kind }) => kind === 'text')));
}

/** Operators under which a statement holds for the values it lists alone. */
const NAMING = /^(?:ForAnyValue:)?String(?:Equals|Like)$/i;
