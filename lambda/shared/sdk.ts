/** How every SDK client of a handler is set: retries with jitter, and a client-side rate that adapts to throttling. */
export function sdkConfig(): { maxAttempts: number; retryMode: string } {
  return { maxAttempts: 5, retryMode: 'adaptive' };
}
