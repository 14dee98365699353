import { type Aggregate, type Extra, ID_KIND, isNewer, joinRuns, noteExample } from './aggregate';
import { type DeviceRecord, extraOf, type Page, type Part, type PartDevice, partExtra } from './page';
import type { Plan } from './plan';
import { slotsOf } from './window-state';

/** What one device did in one window. NaN: no value. */
export interface Counted {
  readonly values: number[];
  readonly extra: Extra | undefined;
}

/** What the aggregate has of some devices, by name. */
export function countedIn(aggregate: Aggregate, devices: readonly number[]): Map<string, Counted> {
  const width = aggregate.plan.counters.length;
  return new Map(
    devices.map((device) => [
      aggregate.names[device] as string,
      {
        values: Array.from({ length: width }, (_, slot) => aggregate.get(device, slot)),
        extra: aggregate.extras.get(device),
      },
    ]),
  );
}

/** The same, as it is kept in a page. */
export function partOf(
  plan: Plan,
  counted: ReadonlyMap<string, Counted>,
  of: Pick<Part, 'w' | 'shard' | 'seq' | 'final'>,
): Part {
  const devices = [...counted].map(([name, { values, extra }]): [string, PartDevice] => {
    const c = values.flatMap((value, slot) => (Number.isNaN(value) ? [] : [slot, value]));
    return [name, { c, ...(extra === undefined ? {} : { e: partExtra(extra) }) }];
  });
  return { ...of, keys: plan.counters.map(({ key }) => key), devices: Object.fromEntries(devices) };
}

/** Adds the devices of a part to those of a window, all of which came after it. */
export function addPart(plan: Plan, into: Map<string, Counted>, part: Part): void {
  const slots = slotsOf(plan, part.keys);
  for (const [name, { c, e }] of Object.entries(part.devices)) {
    const values = plan.counters.map(() => NaN);
    for (let at = 0; at < c.length; at += 2) {
      const slot = slots[c[at] as number] as number;
      if (slot >= 0) values[slot] = c[at + 1] as number;
    }
    const counted = { values, extra: e === undefined ? undefined : moved(extraOf(e), slots) };
    const known = into.get(name);
    into.set(name, known === undefined ? counted : joined(plan, counted, known));
  }
}

/** What is kept by slot, in the slots of the document that is read now. */
function moved(extra: Extra, slots: readonly number[]): Extra {
  const to = (slot: number): number => slots[slot] as number;
  const strangers = extra.strangers.map(([who, slot, times]): [number, number, number] => [who, to(slot), times]);
  const examples = [...extra.examples].map(([slot, example]): [number, string] => [to(slot), example]);
  return {
    ...extra,
    strangers: strangers.filter(([, slot]) => slot >= 0),
    examples: new Map(examples.filter(([slot]) => slot >= 0)),
  };
}

/** Two parts of one window, the earlier one first. */
function joined(plan: Plan, first: Counted, second: Counted): Counted {
  // What the earlier part counted already came again.
  const later = [...second.values];
  const extra = second.extra && {
    ...second.extra,
    strangers: takeBack(plan, later, second.extra, first.extra?.ids ?? []),
  };
  const values = first.values.map((one, slot) => {
    const other = later[slot] as number;
    if (Number.isNaN(one)) return other;
    if (Number.isNaN(other)) return one;
    switch (plan.counters[slot]?.fold) {
      case 'sum':
        return one + other;
      case 'max':
        return Math.max(one, other);
      case 'min':
        return Math.min(one, other);
      case 'verdict':
        return joinRuns(one, other);
      case 'one verdict':
        // That of a violation is the greater number.
        return Math.max(one, other);
      default:
        return other;
    }
  });
  return { values, extra: joinedExtra(first.extra, extra) };
}

/** In a part that has nothing of a device besides its counters it was heard of. */
function heard(extra: Extra | undefined): Extra | undefined {
  return extra && { ...extra, late: undefined };
}

function joinedExtra(first: Extra | undefined, second: Extra | undefined): Extra | undefined {
  if (first === undefined) return heard(second);
  if (second === undefined) return heard(first);
  const newer =
    first.presence === undefined || (second.presence !== undefined && isNewer(second.presence, first.presence));
  const examples = new Map(first.examples);
  for (const [slot, example] of second.examples) noteExample(examples, slot, example);
  return {
    ids: [...first.ids, ...second.ids],
    presence: newer ? second.presence : first.presence,
    principal: newer ? (second.principal ?? first.principal) : first.principal,
    strangers: [...first.strangers, ...second.strangers],
    examples,
    late: first.late && second.late,
  };
}

/** What becomes of a part when a window is closed: all of it is judged, only devices that were heard of, none yet, or never. */
export type Claim = 'all' | 'heard' | 'none' | 'stale';

/** The parts of a page that belong to a window that is being closed, and those that wait on. */
export function claimedParts(
  page: Page,
  claimOf: (part: Part) => Claim,
  heard: ReadonlySet<string>,
): { readonly claimed: readonly Part[]; readonly rest: Part[] } {
  const claimed: Part[] = [];
  const rest: Part[] = [];
  const claims = page.p.map((part) => [part, claimOf(part)] as const);
  // A device of which a part of the window tells that was spilled was heard of, too.
  const spilled = new Set(claims.flatMap(([{ devices }, claim]) => (claim === 'all' ? Object.keys(devices) : [])));
  for (const [part, claim] of claims) {
    if (claim === 'all') claimed.push(part);
    else if (claim === 'none') rest.push(part);
    else if (claim === 'heard')
      for (const [into, isHeard] of [[claimed, true] as const, [rest, false] as const]) {
        const devices = Object.entries(part.devices).filter(
          ([name]) => (heard.has(name) || spilled.has(name)) === isHeard,
        );
        if (devices.length > 0) into.push({ ...part, devices: Object.fromEntries(devices) });
      }
  }
  return { claimed, rest };
}

/** What remains when what was counted in the window before is taken back, and what strangers did is told from what the device did. */
export function settled(
  plan: Plan,
  record: DeviceRecord | undefined,
  counted: Counted,
): { values: number[]; foreign: number } {
  const { extra } = counted;
  if (extra === undefined) return { values: counted.values, foreign: 0 };
  const values = [...counted.values];
  const strangers = takeBack(plan, values, extra, record?.i ?? []);
  const own = extra.principal ?? record?.p;
  let foreign = 0;
  for (const [who, slot, times] of strangers) {
    // Of a device that was never seen to connect nobody knows the principal: then all of it is its own.
    if (own === undefined || own === who) values[slot] = (values[slot] || 0) + times;
    else foreign += times;
  }
  return { values, foreign };
}

/** An event that came again after the window had ended was counted once too often; what is left of what strangers did. */
function takeBack(plan: Plan, values: number[], extra: Extra, before: readonly number[]): Extra['strangers'] {
  const seen = new Set(before);
  const again = extra.ids.filter((id) => seen.has(id));
  if (again.length === 0) return extra.strangers;
  const times = (ids: readonly number[], kind: number): number => ids.filter((id) => id % 4 === kind).length;
  // Failed attempts are kept apart where it is not known whose they are.
  let failures = times(again, ID_KIND.failure);
  const strangers = extra.strangers.map(([who, slot, count]): [number, number, number] => {
    const less = slot === plan.attempts ? Math.min(failures, count) : 0;
    failures -= less;
    return [who, slot, count - less];
  });
  subtract(values, plan.attempts, times(again, ID_KIND.attempt) + failures);
  subtract(values, plan.disconnects, times(again, ID_KIND.disconnect));
  const reports = times(extra.ids, ID_KIND.report);
  if (reports > 0 && reports === times(again, ID_KIND.report)) for (const { slot } of plan.reports) values[slot] = NaN;
  return strangers;
}

function subtract(values: number[], slot: number, times: number): void {
  if (slot >= 0 && times > 0) values[slot] = Math.max((values[slot] || 0) - times, 0);
}
