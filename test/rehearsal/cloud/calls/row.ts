import type { Account, Call } from '../../../support/service-calls';

export type Make = (a: Account) => Promise<Call> | Call;
export interface Row {
  /** A call that goes through. */
  readonly works: Make;
  /** Calls that the service refuses, by the error. */
  readonly fails?: readonly (readonly [error: string, call: Make])[];
}

export const NO = 'ResourceNotFoundException';
export const BAD = 'InvalidRequestException';
export const TAKEN = 'ResourceAlreadyExistsException';

/** Calls of AWS IoT that take a name: refused where nobody has it. */
export const named = (works: Make, unknown: object): Row => ({ works, fails: [[NO, () => ['iot', unknown]]] });
/** Lists refuse a token that they did not give. */
export const listed = (works: object, broken: object): Row => ({
  works: () => ['iot', works],
  fails: [[BAD, () => ['iot', broken]]],
});
