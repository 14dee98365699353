import type { Table } from './dynamodb/table';
import { serviceParty, type World } from './world';

/** Tells of each change of state in a table that keeps one: an item with a `subject` and a `state`. */
export function watchIncidents(world: World, table: Table): void {
  const before = table.onWrite;
  table.onWrite = (write) => {
    before(write);
    const subject = write.after?.subject?.S;
    const to = write.after?.state?.S;
    const from = write.before?.state?.S;
    if (typeof subject !== 'string' || typeof to !== 'string' || from === to) return;
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
