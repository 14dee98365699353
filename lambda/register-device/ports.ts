import type { ThingChange } from './decide';

/** The registry. Every method is safe to repeat. */
export interface RegistryPort {
  update(thingName: string, change: ThingChange): Promise<void>;
  groupsOf(thingName: string): Promise<readonly string[]>;
  join(thingName: string, group: string): Promise<void>;
  move(thingName: string, from: string, to: string): Promise<void>;
  /** `gone` when there is no such thing or group. */
  leave(thingName: string, group: string): Promise<'left' | 'gone'>;
}
