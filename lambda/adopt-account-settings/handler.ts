import type { CustomResourceRequest, Progress, ResourceHandler } from '../shared/custom-resource';
import { describeFault } from '../shared/faults';
import type { Logger } from '../shared/logger';
import { type Claim, decodeClaim, encodeClaim } from './claim';
import { type Changes, definedKeys, plan } from './decide';
import { claimFolder, fingerprint, stackGuid } from './event';
import { known, remember, stillHolding } from './memory';
import type { AccountPort, ClaimsPort } from './ports';
import type { Setting, Wanted } from './setting';
import { giveBack, type Left, write } from './write';

export interface AdopterDependencies<State, Call> {
  readonly setting: Setting<State, Call>;
  readonly account: AccountPort<State, Call>;
  readonly claims: ClaimsPort;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A custom resource that adopts one setting of the account. */
export interface Adopter extends ResourceHandler {
  /** Another stack changed or gave back something: takes up what this stack wants and had left to it. */
  reconcile(stack: string): Promise<void>;
}

/** A new role is known to the service within half a minute or so. */
const ROLE_RETRY = { attempts: 15, seconds: 10 };
/** Something that is being deleted elsewhere may still use a setting for a moment. */
const RELEASE_RETRY = { attempts: 3, seconds: 20 };
/** Another stack takes over within seconds; if its function fails, Lambda calls it again after one minute and two more. */
const HEIR_RETRY = { attempts: 24, seconds: 10 };
/** CloudFormation takes 4 KB of attributes. */
const LONGEST_ATTRIBUTE = 1_500;

/**
 * Read, compute, write, in an order that survives a stop between any two calls: what will be changed and what was there
 * before is written down first (never over an earlier record of what was there before), removed last.
 */
export function createAdopter<State, Call>(deps: AdopterDependencies<State, Call>): Adopter {
  const { setting } = deps;
  const versionPrefix = `iot-${setting.kind}:`;
  const versionOf = (wanted: Wanted): string => versionPrefix + setting.version(wanted);

  const upsert = async (request: CustomResourceRequest, state: unknown): Promise<Progress> => {
    const wanted = parsed(setting, request);
    const { attempts } = triesOf(state);
    const asked = { ...wanted, generation: versionOf(wanted) };
    return adopt(deps, nameOf(setting, request, wanted), asked, { attempts, defer: true, reconciling: false });
  };

  const reconcile = async (stack: string): Promise<void> => {
    const folder = claimFolder(setting.kind);
    for (const { name, text } of await deps.claims.list(folder)) {
      const own = decodeClaim(text);
      if (own === undefined || !name.startsWith(`${folder}/${stack}/`) || definedKeys(own.wants).length === 0) continue;
      const options = { attempts: 0, defer: true, reconciling: true, woken: true };
      const progress = await adopt(deps, name, own, options);
      // Lambda delivers the event again, later.
      if (progress.kind === 'wait') throw new Error(progress.because);
    }
  };

  return {
    physicalResourceId: (request) => versionOf(parsed(setting, request)),
    create: upsert,
    update: upsert,
    async delete(request, state) {
      const result = setting.parse(request.ResourceProperties);
      // Properties that cannot be read were never acted on.
      if (!result.ok) return { kind: 'done' };
      const name = nameOf(setting, request, result.value);
      const { own } = await known(deps, name);
      if (own === undefined) return { kind: 'done' };
      const isOlderVersion =
        request.PhysicalResourceId?.startsWith(versionPrefix) === true && request.PhysicalResourceId !== own.generation;
      if (isOlderVersion) {
        const { attempts } = triesOf(state);
        return adopt(deps, name, own, { attempts, defer: false, reconciling: true });
      }
      const progress = await restore(deps, name, own, triesOf(state));
      if (progress.kind === 'wait') await wakeOwn(deps, () => reconcile(stackGuid(request.StackId)));
      return progress;
    },
    reconcile,
  };
}

/** No event wakes a stack for its own claims, but one of its resources may take over from another, as when it is renamed. */
async function wakeOwn<State, Call>(
  deps: AdopterDependencies<State, Call>,
  reconcile: () => Promise<void>,
): Promise<void> {
  try {
    await reconcile();
  } catch (fault) {
    // What goes must not depend on what stays.
    deps.log.warn('a resource of this stack did not take over', {
      setting: deps.setting.kind,
      because: describeFault(fault),
    });
  }
}

/** What a resource wants, and the version of it that does. */
type Asked = Wanted & Pick<Claim, 'generation'>;

interface AdoptOptions {
  readonly attempts: number;
  readonly defer: boolean;
  readonly reconciling: boolean;
  /** Not asked by CloudFormation, which may do so meanwhile: what the claim says by then is what is wanted. */
  readonly woken?: boolean;
}

async function adopt<State, Call>(
  deps: AdopterDependencies<State, Call>,
  name: string,
  asked: Asked,
  options: AdoptOptions,
): Promise<Progress> {
  const { setting, log } = deps;
  const { woken = false } = options;
  // Before the claims are read: what another stack changed since is then known as its doing.
  const state = await deps.account.read(definedKeys(asked.wants));
  const { own, others } = await known(deps, name);
  // A stack that is deleted meanwhile is not to come back, nor one that is updated to what it was.
  if (woken && (own === undefined || definedKeys(own.wants).length === 0)) return { kind: 'done' };
  const { wants, replace, generation } = (woken ? own : undefined) ?? asked;
  const decided = plan({
    current: setting.flatten(state),
    wants,
    replace,
    generation,
    claim: own,
    others,
    rule: setting.rule,
    defer: options.defer ? setting.defer : undefined,
    reconciling: options.reconciling,
  });
  await remember(deps, name, own, decided.intent);
  const { fault } = await write(deps, state, decided.adopt);
  if (fault !== undefined) return notReady(setting, decided.adopt, fault, options.attempts);
  const left = await giveBack(deps, definedKeys(wants), decided.release);
  if (woken) await refuseIfChanged(deps, name, decided.intent);
  await remember(deps, name, decided.intent, stillHolding(decided, left.keys));
  log.info('adopted', { setting: setting.kind, changed: keysOf(decided.adopt), givenBack: keysOf(decided.release) });
  if (decided.kept.length > 0) log.warn('kept what others set', { setting: setting.kind, keys: decided.kept.join() });
  sayLeft(deps, left);
  return { kind: 'done', data: { Kept: decided.kept.join().slice(0, LONGEST_ATTRIBUTE) } };
}

/** Lambda delivers the event again, to what the claim says then. */
async function refuseIfChanged<State, Call>(
  deps: AdopterDependencies<State, Call>,
  name: string,
  written: Claim,
): Promise<void> {
  const { own } = await known(deps, name);
  if (own === undefined || encodeClaim(own) !== encodeClaim(written))
    throw new Error(`the claim ${name} was changed meanwhile`);
}

/**
 * Gives back all that the stack set, once other stacks took over what they want of it. Neither they nor the service keep
 * the stack from going: after a while it gives back what nobody took, and says what the service refuses to take back.
 */
async function restore<State, Call>(
  deps: AdopterDependencies<State, Call>,
  name: string,
  own: Claim,
  { attempts, waits }: Tries,
): Promise<Progress> {
  // From here on the others count on themselves; two stacks that go at once must not each leave it to the other.
  const leaving: Claim = { ...own, wants: {} };
  // To write the same again wakes those again who have yet to take over: their first try may have failed or come to nothing.
  if (waits > 0) await deps.claims.replace(name, encodeClaim(leaving));
  else await remember(deps, name, own, leaving);
  const state = await deps.account.read(Object.keys(own.keys));
  const { others } = await known(deps, name);
  const decided = plan({
    current: deps.setting.flatten(state),
    wants: {},
    replace: own.replace,
    generation: own.generation,
    claim: own,
    others,
    rule: deps.setting.rule,
    overdue: waits >= HEIR_RETRY.attempts,
  });
  const left = await giveBack(deps, Object.keys(own.keys), decided.release);
  const givenBack = Object.keys(decided.release).filter((key) => !left.keys.includes(key));
  sayOverdue(deps, givenBack, others);
  const awaited = Object.keys(decided.settled.keys).join();
  if (awaited !== '') {
    const because = `another stack has yet to take over ${awaited}`;
    return { kind: 'wait', because, seconds: HEIR_RETRY.seconds, state: { attempts, waits: waits + 1 } };
  }
  if (left.retry !== undefined && attempts < RELEASE_RETRY.attempts) {
    const next: Tries = { attempts: attempts + 1, waits };
    return { kind: 'wait', because: left.retry, seconds: RELEASE_RETRY.seconds, state: next };
  }
  sayLeft(deps, left);
  await deps.claims.remove(name);
  deps.log.info('restored', { setting: deps.setting.kind, givenBack: keysOf(decided.release) });
  return { kind: 'done' };
}

function notReady<State, Call>(
  setting: Setting<State, Call>,
  changes: Changes,
  fault: unknown,
  attempts: number,
): Progress {
  const mayBeNewRole = isInvalidRequest(fault) && Object.keys(changes).some((key) => setting.passesRole(key));
  if (!mayBeNewRole || attempts >= ROLE_RETRY.attempts) throw fault;
  return {
    kind: 'wait',
    because: `${describeFault(fault)} (a new role may not be known to the service yet)`,
    seconds: ROLE_RETRY.seconds,
    state: { attempts: attempts + 1 },
  };
}

function isInvalidRequest(fault: unknown): boolean {
  return fault instanceof Error && fault.name === 'InvalidRequestException';
}

function sayLeft<State, Call>(deps: AdopterDependencies<State, Call>, left: Left): void {
  if (left.keys.length === 0) return;
  deps.log.warn('left as it is: the service does not take it back', {
    setting: deps.setting.kind,
    keys: left.keys.join(),
    because: left.retry ?? 'something that somebody else set still needs it',
  });
}

function sayOverdue<State, Call>(
  deps: AdopterDependencies<State, Call>,
  released: readonly string[],
  others: readonly Claim[],
): void {
  const keys = released.filter((key) => others.some(({ wants }) => wants[key] !== undefined));
  if (keys.length === 0) return;
  deps.log.warn('given back although another stack wants it: that stack did not take over', {
    setting: deps.setting.kind,
    keys: keys.join(),
  });
}

function parsed<State, Call>(setting: Setting<State, Call>, request: CustomResourceRequest): Wanted {
  const result = setting.parse(request.ResourceProperties);
  if (!result.ok) throw new Error(`the properties of ${request.LogicalResourceId} are invalid: ${result.reason}`);
  return result.value;
}

/** One name for one resource; each suppressed finding has its own, since two of them stand side by side for a while. */
function nameOf<State, Call>(setting: Setting<State, Call>, request: CustomResourceRequest, wanted: Wanted): string {
  const base = `${claimFolder(setting.kind)}/${stackGuid(request.StackId)}/${request.LogicalResourceId}`;
  return setting.kind === 'suppression' ? `${base}/${fingerprint(Object.keys(wanted.wants).join())}` : base;
}

/** How often a request was put off: because the service refused, and because another stack had yet to take over. */
interface Tries {
  readonly attempts: number;
  readonly waits: number;
}

function triesOf(state: unknown): Tries {
  const { attempts, waits } = (state ?? {}) as { readonly attempts?: unknown; readonly waits?: unknown };
  return { attempts: typeof attempts === 'number' ? attempts : 0, waits: typeof waits === 'number' ? waits : 0 };
}

function keysOf(changes: Changes): string {
  return Object.keys(changes).join();
}
