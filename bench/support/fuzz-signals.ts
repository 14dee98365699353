import { parseMessage } from '../../lambda/shared/incident/parse-message';
import { PLACE, SOURCES } from '../../test/lambda/shared/incident/messages';
import { MemoryResponse } from '../../test/support/memory-response';
import { PLAYBOOK } from '../../test/support/response-rig';
import { type HostileBody, hostileBodies, randomOf } from './hostile-bodies';

export interface FuzzResult {
  readonly seed: number;
  readonly bodies: number;
  readonly refused: number;
  /** Of those with a few changed characters: still in order, and acted on or forwarded. */
  readonly valid: number;
  readonly ignored: number;
  /** Calls to AWS IoT for a body that had to be refused. */
  readonly calls: number;
  readonly slowestMs: number;
  readonly byKind: Readonly<Record<string, number>>;
  /** What must not be, each with its body. */
  readonly problems: readonly string[];
}

const BATCH = 500;
const ACCOUNTING = ['SendMessage', 'Query', 'PutItem'];
const NAME = /^[a-zA-Z0-9:_-]{1,128}$|^certificate\/[a-f0-9]{64}$/;

/** Feeds the responder, with its ports in memory, from the queue where every source may send. */
export async function fuzzSignals(bodies: number, seed: number): Promise<FuzzResult> {
  const source = hostileBodies(randomOf(seed));
  const totals = { refused: 0, valid: 0, ignored: 0, calls: 0, slowestMs: 0 };
  const byKind: Record<string, number> = {};
  const problems: string[] = [];
  for (let done = 0; done < bodies; done += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, bodies - done) }, () => source.next().value);
    for (const { kind } of batch) byKind[kind] = (byKind[kind] ?? 0) + 1;
    await runBatch(batch, totals, problems);
  }
  const { refused, valid, ignored } = totals;
  if (refused + valid + ignored !== bodies)
    problems.push(`${bodies} bodies, of which ${refused + valid + ignored} are accounted for`);
  return { seed, bodies, ...totals, byKind, problems };
}

async function runBatch(
  batch: readonly HostileBody[],
  totals: { refused: number; valid: number; ignored: number; calls: number; slowestMs: number },
  problems: string[],
): Promise<void> {
  const hopeless: string[] = [];
  for (const { body, kind, mayBeValid } of batch) {
    const begun = performance.now();
    const parsed = parseMessage(body, SOURCES, PLACE, 'anybody');
    totals.slowestMs = Math.max(totals.slowestMs, performance.now() - begun);
    if (!parsed.ok) hopeless.push(body);
    else if (parsed.value.kind === 'signals' && parsed.value.signals.length === 0) totals.ignored += 1;
    else if (!mayBeValid) problems.push(`${kind}: taken for ${parsed.value.kind}: ${body.slice(0, 300)}`);
    else {
      totals.valid += 1;
      for (const { subject } of parsed.value.kind === 'signals' ? parsed.value.signals : []) {
        const name = subject.kind === 'thing' ? subject.name : `certificate/${subject.id}`;
        if (!NAME.test(name)) problems.push(`${kind}: names ${JSON.stringify(name)}: ${body.slice(0, 300)}`);
      }
    }
  }
  const response = new MemoryResponse({ playbook: PLAYBOOK, clock: { now: Date.now, sleep: () => Promise.resolve() } });
  const { batchItemFailures } = await response.deliver(hopeless);
  if (batchItemFailures.length > 0) problems.push(`${batchItemFailures.length} bodies were neither done nor refused`);
  totals.refused += response.refused.length;
  for (const [call, count] of response.calls) if (!ACCOUNTING.includes(call)) totals.calls += count;
  if (totals.calls > 0) problems.push(`${totals.calls} calls for bodies that had to be refused`);
}
