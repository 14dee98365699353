import type { Flat } from './claim';
import type { Changes, Rule } from './decide';
import type { SettingKind } from './contract';
import type { Parsed } from './event';

/** A call to the service; where a role of others stands in the way, what to send instead. */
export interface Step<Call> {
  readonly call: Call;
  readonly ifDenied?: Call;
}

export interface Steps<Call> {
  readonly steps: readonly Step<Call>[];
  /** Settings that the service cannot set back while the rest of the configuration is in use. */
  readonly cannot: readonly string[];
}

/** What a template asks for. */
export interface Wanted {
  readonly wants: Flat;
  readonly replace: boolean;
}

/** All that is particular to one setting of the account. Pure: reading and writing is the port's. */
export interface Setting<State, Call> {
  readonly kind: SettingKind;
  parse(properties: Readonly<Record<string, unknown>>): Parsed<Wanted>;
  /** Changes when CloudFormation must call again after it has updated the dependents; a constant otherwise. */
  version(wanted: Wanted): string;
  flatten(state: State): Flat;
  readonly rule: Rule;
  defer(key: string): boolean;
  steps(state: State, changes: Changes, nowSeconds: number): Steps<Call>;
  /** Which changes to try together when the service refuses all of them at once. */
  group(key: string): string;
  /** Whether a change hands a role to the service, which may not see a new role yet. */
  passesRole(key: string): boolean;
}
