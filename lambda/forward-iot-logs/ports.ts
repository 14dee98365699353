import type { LogRecord } from '../evaluate-behaviors/contract';

export interface StreamPort {
  /** Puts records on the stream, at most as many as one call takes; returns those that it did not take. */
  put(records: readonly LogRecord[]): Promise<LogRecord[]>;
}

export interface Clock {
  sleep(milliseconds: number): Promise<void>;
  /** From 0 up to, not including, 1. */
  random(): number;
}
