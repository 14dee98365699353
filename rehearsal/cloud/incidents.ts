import type { Table } from './dynamodb/table';
import type { Item } from './dynamodb/values';
import { serviceParty, type World } from './world';

/** Tells of each change of state in a table that keeps one: an item with a `subject` and a `state`. */
export function watchIncidents(world: World, table: Table): void {
  const before = table.onWrite;
  table.onWrite = (write) => {
    before(write);
    const subject = write.after?.subject?.S;
    const to = write.after?.state?.S;
    const from = write.before?.state?.S;
    if (typeof subject !== 'string' || typeof to !== 'string') return;
    if (isProven(write.after) && !isProven(write.before)) proved(world, subject, to);
    if (from === to) return;
    const what = `incident of ${subject}: ${typeof from === 'string' ? `${from} -> ` : ''}${to}`;
    world.events.emit({
      kind: 'incident',
      who: serviceParty('dynamodb'),
      what,
      subject,
      to,
      ...(typeof from === 'string' && { from }),
    });
  };
}

/** That a proof is complete is no state: the device waits for a person's word in the state it was in. */
function isProven(item: Item | undefined): boolean {
  const text = item?.record?.S;
  if (typeof text !== 'string') return false;
  const record = JSON.parse(text) as { proof?: { proven?: number } };
  return record.proof?.proven !== undefined;
}

function proved(world: World, subject: string, from: string): void {
  const what = `incident of ${subject}: health is proved`;
  world.events.emit({ kind: 'incident', who: serviceParty('dynamodb'), what, subject, to: 'proved', from });
}
