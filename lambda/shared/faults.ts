interface Fault {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const TRANSIENT_NAME =
  /Throttl|TooManyRequests|SlowDown|ServiceUnavailable|InternalFailure|InternalServer|InternalError|RequestTimeout|TimeoutError/;
/** Somebody else changes the same thing at this moment: a parameter, a log group, an item of a table. */
const CONCURRENT = new Set([
  'TooManyUpdates',
  'OperationAbortedException',
  'TransactionConflictException',
  'ReplicatedWriteConflictException',
]);
const TRANSIENT_CODE = /^(ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|EAI_AGAIN|ENOTFOUND|EHOSTUNREACH|ENETUNREACH)$/;
const TRANSIENT_STATUS = new Set([429, 500, 502, 503, 504]);
const RIGHTS = /AccessDenied|Unauthorized|Forbidden|NotAuthorized/;

/** Whether the same call may succeed a little later: throttling, a change by somebody else, a fault of the service, a broken connection. */
export function isTransient(error: unknown): boolean {
  const { name, code, $metadata } = asFault(error);
  return (
    TRANSIENT_NAME.test(String(name)) ||
    CONCURRENT.has(String(name)) ||
    TRANSIENT_CODE.test(String(code)) ||
    TRANSIENT_STATUS.has($metadata?.httpStatusCode ?? 0)
  );
}

/** Whether the caller lacks a right; for a new role that is so until IAM has told every endpoint of it. */
export function lacksRights(error: unknown): boolean {
  return RIGHTS.test(String(asFault(error).name));
}

/** `Name: message` of whatever was thrown. */
export function describeFault(error: unknown): string {
  const { name, message } = asFault(error);
  if (typeof message === 'string') return typeof name === 'string' && name !== '' ? `${name}: ${message}` : message;
  return typeof error === 'string' ? error : 'something was thrown that is not an Error';
}

function asFault(error: unknown): Fault {
  return typeof error === 'object' && error !== null ? error : {};
}
