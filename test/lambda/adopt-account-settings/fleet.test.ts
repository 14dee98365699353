import fc from 'fast-check';
import { LEVELS } from '../../../lambda/adopt-account-settings/logging';
import type { FakeAccount } from '../../support/fake-account';
import { effective, inUse } from './accounts';
import { Fleet, type Living } from './fleet';
import { ageThreshold, auditProperties, indexingProperties, loggingProperties } from './properties';

/** What a stack may wish, before its own role and topic are put in. */
const CHECKS = ['LOGGING_DISABLED_CHECK', 'CONFLICTING_CLIENT_IDS_CHECK', 'DEVICE_CERTIFICATE_AGE_CHECK'];
const replace = fc.constantFrom('false', 'false', 'true');
const WISHES = {
  audit: fc
    .record({
      ReplaceExisting: replace,
      CheckNames: fc.subarray(CHECKS, { minLength: 1 }),
      days: fc.constantFrom(undefined, '90', '180', '365'),
    })
    .map(({ days, ...rest }) =>
      auditProperties({
        ...rest,
        ...(days !== undefined && rest.CheckNames.includes('DEVICE_CERTIFICATE_AGE_CHECK') ? ageThreshold(days) : {}),
      }),
    ),
  logging: fc
    .record({
      ReplaceExisting: replace,
      DefaultLogLevel: fc.constantFrom(...LEVELS.filter((level) => level !== 'DISABLED')),
      Events: fc.subarray(['Connect=INFO', 'Publish-In=ERROR', 'Subscribe=DEBUG=group']),
    })
    .map(loggingProperties),
  indexing: fc
    .record({
      ThingIndexingMode: fc.constantFrom('REGISTRY', 'REGISTRY_AND_SHADOW'),
      ThingConnectivityIndexingMode: fc.constantFrom('OFF', 'STATUS'),
      DeviceDefenderIndexingMode: fc.constantFrom('OFF', 'VIOLATIONS'),
      ThingGroupIndexingMode: fc.constantFrom('OFF', 'ON'),
      NamedShadows: fc.subarray(['config', 'theirs']),
      ThingFields: fc.constantFrom([], ['attributes.model=String'], ['attributes.model=Number']),
    })
    .map(indexingProperties),
  events: fc.subarray(['JOB', 'JOB_EXECUTION', 'THING'], { minLength: 1 }).map((EventTypes) => ({ EventTypes })),
} as const;
type Kind = keyof typeof WISHES;

const step = <T>(wish: fc.Arbitrary<T>) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('deploy' as const), stack: fc.nat(2), wish }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeat' as const), stack: fc.nat(2) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), stack: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('quiet' as const), stack: fc.constant(0) }) },
  );

/** As before: what the service uses where no threshold is set says nothing. */
function normal(account: FakeAccount): object {
  return JSON.parse(
    JSON.stringify(effective(account)).replaceAll(
      /"configuration":\{"CERT_AGE_THRESHOLD_IN_DAYS":"365"\}/g,
      '"configuration":{}',
    ),
    (key, value: unknown) => (key === 'configuration' && JSON.stringify(value) === '{}' ? undefined : value),
  ) as object;
}

/** A stack of the model: each has roles and a topic of its own, and new ones with each change of its mind. */
interface Member extends Living {
  properties: Record<string, unknown>;
}

function own(kind: Kind, name: string, wish: Record<string, unknown>): Record<string, unknown> {
  const role = `arn:aws:iam::111122223333:role/${name}`;
  if (kind === 'logging') return { ...wish, RoleArn: role };
  if (kind !== 'audit') return wish;
  const topic = `arn:aws:sns:eu-west-1:111122223333:${name}`;
  return { ...wish, RoleArn: role, NotificationRoleArn: role, NotificationTargetArn: topic };
}

/** Everything that belongs to a stack or was replaced in it, and that no longer exists, though the account names it. */
function dead(fleet: Fleet, members: Iterable<Member>, names: readonly string[]): string[] {
  const wished = JSON.stringify([...members].map(({ properties }) => properties));
  const used = JSON.stringify(normal(fleet.rig.account));
  return names.filter((name) => used.includes(name) && !wished.includes(name));
}

describe.each([
  ['a fresh account', () => undefined],
  ['an account in use', inUse],
] as [string, (account: FakeAccount) => void][])('in %s', (_name, prepare) => {
  test.each(Object.keys(WISHES) as Kind[])(
    '%s: stacks that come, change and go in any order fall silent, use nothing that is gone, and restore',
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(step<Record<string, unknown>>(WISHES[kind]), { maxLength: 10 }),
          fc.infiniteStream(fc.nat(1_000)),
          async (steps, numbers) => {
            const fleet = new Fleet(() => numbers.next().value ?? 0);
            prepare(fleet.rig.account);
            const before = normal(fleet.rig.account);
            const members = new Map<number, Member>();
            const names: string[] = [];
            const deploy = async (id: number, wish: Record<string, unknown>): Promise<void> => {
              const name = `of-stack-${names.length}-`;
              names.push(name);
              const member = members.get(id) ?? { ...fleet.add(`s${names.length}`, kind), properties: {} };
              members.set(id, member);
              member.properties = own(kind, name, wish);
              await fleet.deploy(member, member.properties);
            };
            const remove = async (id: number): Promise<void> => {
              const member = members.get(id);
              if (member === undefined) return;
              expect(await fleet.remove(member)).toBeLessThanOrEqual(4);
              members.delete(id);
            };
            const settle = async (): Promise<void> => {
              await fleet.deliver();
              expect(dead(fleet, members.values(), names)).toEqual([]);
              expect(dead(fleet, members.values(), names)).toEqual([]);
              // A value that is overwritten wakes nobody; once everybody was woken for that, nobody has more to say.
              for (let rounds = 0; await fleet.wakeAll(kind); rounds += 1) expect(rounds).toBeLessThan(4);
              expect(dead(fleet, members.values(), names)).toEqual([]);
            };
            for (const one of steps) {
              if (one.kind === 'deploy') await deploy(one.stack, one.wish);
              else if (one.kind === 'delete') await remove(one.stack);
              else if (one.kind === 'quiet') await settle();
              else await members.get(one.stack)?.stack.deploy(members.get(one.stack)?.properties ?? {});
              await fleet.deliverSome();
            }
            await settle();
            for (const id of [...members.keys()]) {
              await remove(id);
              await settle();
            }
            expect(normal(fleet.rig.account)).toEqual(before);
            expect(fleet.rig.account.parameters.size).toBe(0);
          },
        ),
        { numRuns: 100 },
      );
    },
  );
});
