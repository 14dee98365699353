import { type Codes, MANY, ONE } from '../../policy/evaluator/glob';
import { isProvisioningTopic } from '../rules/support';
import { type AccessAction } from './actions';
import { ALL, type Clause, isWithin, type Language, overlaps, type Right } from './language';
import type { Symbols } from './symbols';

/** Whose the names are: the device's own, those of other devices too, or the same for all. */
export type Belongs = 'own' | 'others' | 'shared';

/** Names that somebody may use, as a person reads them. */
export interface Grant {
  readonly pattern: string;
  readonly belongs: Belongs;
  /** Names that are denied all the same. */
  readonly except: readonly string[];
  /** Conditions on address, time and the like. */
  readonly when: readonly string[];
  readonly because: readonly string[];
}

interface Entry {
  readonly codes: Codes;
  readonly within: readonly Codes[];
  readonly except: readonly { readonly codes: Codes; readonly when: readonly string[] }[];
  readonly when: readonly string[];
  readonly because: readonly string[];
}

/** More patterns than this are not compared with each other: all are shown. */
const MAX_COMPARED = 60;

/** A right as a list of patterns, without those that others include. */
export function grantsOf(right: Right, action: AccessAction, symbols: Symbols): Grant[] {
  const [first, ...more] = right.map(entriesOf);
  const entries = more.reduce((all, next) => meet(all, next), first ?? []);
  return withoutIncluded(entries)
    .map((entry) => toGrant(entry, action, symbols))
    .sort((a, b) => (a.pattern < b.pattern ? -1 : a.pattern > b.pattern ? 1 : 0));
}

/** Whose names a pattern is about. */
export function belongsTo(codes: Codes, action: AccessAction, symbols: Symbols): Belongs {
  const isOwn = (code: number): boolean => symbols.isOwn(code);
  const wild = codes.findIndex((code) => code === MANY || code === ONE);
  const mqtt = action.id === 'subscribe' ? mqttWildcard(codes) : -1;
  const ends = [wild, mqtt].filter((place) => place >= 0);
  const end = ends.length === 0 ? codes.length : Math.min(...ends);
  const isClosed = (place: number): boolean =>
    codes.slice(place + 1, end).includes('/'.charCodeAt(0)) || (place === end - 1 && ends.length === 0);
  if (codes.slice(0, end).some((code, place) => isOwn(code) && isClosed(place))) return 'own';
  // Replies of fleet provisioning go to the device that asked, whoever else may listen.
  return ends.length === 0 || isProvisioningTopic(symbols.show(codes)) ? 'shared' : 'others';
}

/** Where a whole level of a filter is `+` or `#`. */
function mqttWildcard(codes: Codes): number {
  const slash = '/'.charCodeAt(0);
  const isLevelEnd = (code: number | undefined): boolean => code === undefined || code === slash;
  return codes.findIndex(
    (code, place) =>
      (code === '+'.charCodeAt(0) || code === '#'.charCodeAt(0)) &&
      isLevelEnd(codes[place - 1]) &&
      isLevelEnd(codes[place + 1]),
  );
}

function entriesOf({ allows, denies }: Language): Entry[] {
  const always = denies.filter(({ when }) => when.length === 0);
  const sometimes = denies.filter(({ when }) => when.length > 0);
  const whole = always.filter(({ inverted }) => !inverted).flatMap(({ patterns }) => patterns);
  return allows
    .flatMap(asEntries)
    .flatMap((entry) => always.filter(({ inverted }) => inverted).reduce<Entry[]>(narrow, [entry]))
    .filter(({ codes }) => whole.length === 0 || !isWithin(codes, whole))
    .map((entry) => ({ ...entry, except: [...entry.except, ...exceptions(entry.codes, whole, sometimes)] }));
}

function asEntries({ patterns, inverted, when, because }: Clause): Entry[] {
  const base = { when, because: [because], within: [], except: [] };
  if (inverted) return [{ ...base, codes: ALL, except: patterns.map((codes) => ({ codes, when: [] })) }];
  return patterns.map((codes) => ({ ...base, codes }));
}

/** What is left of entries by a deny of all but some names. */
function narrow(entries: readonly Entry[], { patterns }: Clause): Entry[] {
  return entries.flatMap((entry) => {
    if (isWithin(entry.codes, patterns)) return [entry];
    return patterns.filter((codes) => overlaps(entry.codes, codes)).map((codes) => both(entry, codes));
  });
}

/** The narrower of two patterns where one is, or both. */
function both(entry: Entry, codes: Codes): Entry {
  if (isWithin(codes, [entry.codes])) return { ...entry, codes };
  return isWithin(entry.codes, [codes]) ? entry : { ...entry, within: [...entry.within, codes] };
}

function exceptions(codes: Codes, whole: readonly Codes[], sometimes: readonly Clause[]): Entry['except'] {
  const always = whole.filter((each) => overlaps(codes, each)).map((each) => ({ codes: each, when: [] }));
  const conditional = sometimes.flatMap(({ patterns, inverted, when }) => {
    if (inverted) return isWithin(codes, patterns) ? [] : [{ codes: ALL, when }];
    return patterns.filter((each) => overlaps(codes, each)).map((each) => ({ codes: each, when }));
  });
  return [...always, ...conditional];
}

function meet(left: readonly Entry[], right: readonly Entry[]): Entry[] {
  return left.flatMap((one) =>
    right
      .filter((other) => overlaps(one.codes, other.codes))
      .map((other) => ({
        ...both({ ...one, within: [...one.within, ...other.within] }, other.codes),
        except: [...one.except, ...other.except],
        when: [...new Set([...one.when, ...other.when])],
        because: [...new Set([...one.because, ...other.because])].filter((each) => each !== ''),
      })),
  );
}

function withoutIncluded(entries: readonly Entry[]): Entry[] {
  const unique = [...new Map(entries.map((entry) => [JSON.stringify({ ...entry, because: [] }), entry])).values()];
  if (unique.length > MAX_COMPARED) return unique;
  return unique.filter(
    (entry, index) => !unique.some((other, place) => place !== index && includes(other, entry, place < index)),
  );
}

/** Whether one entry says all that another says; of two that say the same the first stays. */
function includes(one: Entry, other: Entry, isFirst: boolean): boolean {
  if (one.within.length > 0) return false;
  const spares = one.except.some(
    ({ codes, when }) =>
      overlaps(codes, other.codes) &&
      !other.except.some((each) => each.codes.join() === codes.join() && each.when.join() === when.join()),
  );
  if (spares) return false;
  if (!one.when.every((condition) => other.when.includes(condition)) || !isWithin(other.codes, [one.codes]))
    return false;
  const isSame =
    isWithin(one.codes, [other.codes]) && other.when.length === one.when.length && other.except.length === 0;
  return isFirst || !isSame || other.within.length > 0;
}

function toGrant(entry: Entry, action: AccessAction, symbols: Symbols): Grant {
  const within = entry.within.map((codes) => ` and ${symbols.show(codes)}`).join('');
  const except = entry.except.map(({ codes, when }) =>
    when.length === 0 ? symbols.show(codes) : `${symbols.show(codes)} when ${when.join(' and ')}`,
  );
  const patterns = [entry.codes, ...entry.within];
  const belongs = patterns.map((codes) => belongsTo(codes, action, symbols));
  return {
    pattern: symbols.show(entry.codes) + within,
    belongs: belongs.includes('own') ? 'own' : belongs.includes('shared') ? 'shared' : 'others',
    except: [...new Set(except)].sort(),
    when: [...entry.when].sort(),
    because: [...new Set(entry.because)].filter((each) => each !== '').sort(),
  };
}
