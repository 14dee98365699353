/** What every SDK client of a handler is made with. */
export interface SdkConfig {
  readonly maxAttempts: number;
  readonly retryMode: string;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: boolean;
  };
}

/**
 * How every SDK client of a handler is set: retries with jitter, a client-side rate that adapts to throttling, and a bound
 * on each call. The SDK's own default is to wait for an answer forever, which is until the function is stopped.
 */
export function sdkConfig(): SdkConfig {
  return {
    maxAttempts: 5,
    retryMode: 'adaptive',
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  };
}
