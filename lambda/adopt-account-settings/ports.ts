/** One setting of the account, as the service has it. */
export interface AccountPort<State, Call> {
  read(keys: readonly string[]): Promise<State>;
  write(call: Call): Promise<void>;
}

/** What the stacks of this account and region wrote down about what they changed. */
export interface ClaimsPort {
  list(folder: string): Promise<readonly { readonly name: string; readonly text: string }[]>;
  /** Writes only where nothing stands yet. */
  create(name: string, text: string): Promise<'created' | 'exists'>;
  replace(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
}
