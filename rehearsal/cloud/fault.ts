/** An error as a service answers it. */
export class AwsFault extends Error {
  constructor(
    /** The error code, such as `ResourceNotFoundException`. */
    public override readonly name: string,
    message: string,
    public readonly status = 400,
    /** Further members of the error's body. */
    public readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** The rehearsal does not model what was asked for: no fault of the caller, and no run with it is green. */
export class NotModelled extends Error {
  constructor(
    public readonly subject: string,
    public readonly meaning: string,
  ) {
    super(`${subject} is not modelled: ${meaning}`);
  }
}
