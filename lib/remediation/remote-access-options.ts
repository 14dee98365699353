import type { Duration } from 'aws-cdk-lib';

/** What tunnels may lead to, and for how long. */
export interface RemoteAccessOptions {
  /**
   * What a tunnel may lead to on the device, by the names that its agent knows: 1 to 10 names of letters, digits, `:`, `_` and
   * `-`.
   *
   * @default ['SSH']
   */
  readonly services?: string[];

  /**
   * For how long a tunnel is open at most: 1 minute to 12 hours, whole minutes. Who asks may ask for less.
   *
   * @default Duration.hours(1)
   */
  readonly maxLifetime?: Duration;
}
