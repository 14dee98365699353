import { openCloud, type RehearsalCloud } from '../../rehearsal/cloud/rehearsal-cloud';
import type { FaultEvent, GapEvent } from '../../rehearsal/ports';
import { assemblyOf } from './rehearsal-assembly';
import { eventsOf } from './rehearsal-stack';

/** The rehearsal of the test that runs, once it has deployed. */
export let cloud: RehearsalCloud | undefined;

afterEach(async () => {
  await cloud?.close();
  cloud = undefined;
});

/** Deploys a stack `S` of these resources. */
export const deploy = async (
  resources: Readonly<Record<string, object>>,
  sections: Readonly<Record<string, object>> = {},
): Promise<RehearsalCloud> =>
  (cloud = await openCloud({ assembly: assemblyOf({ S: { ...sections, Resources: resources } }) }));

const told = <T>(kind: string) => (cloud?.events.all().filter((event) => event.kind === kind) ?? []) as unknown as T[];

export const gaps = () => told<GapEvent>('gap');
export const faults = () => told<FaultEvent>('fault');
/** What a recorder was called with. */
export const called = (name: string) => eventsOf(cloud?.services.functions.find(name)?.process.log ?? '');
/** Messages of a queue that nobody has handled. */
export const waiting = (name: string) => cloud?.services.sqs.find(name)?.messages.map(({ body }) => body) ?? [];
