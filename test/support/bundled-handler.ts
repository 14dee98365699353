import { isAbsolute, join } from 'node:path';
import { Worker } from 'node:worker_threads';

/**
 * Time stands still while the function computes or waits for an answer. It goes on from call to call of the function, and over
 * the pauses between two tries of the SDK and over services that never answer, which are soon over: a timer waits for turns of
 * the event loop in which no call will be answered, not for milliseconds. So how busy this machine is decides neither which calls
 * take too long nor what is still remembered. In a block: a name out there would be global.
 */
const RUN = `
const { parentPort, workerData } = require('node:worker_threads');
{
  const http = require('node:http');
  const open = new Set();
  const request = http.request;
  http.request = (...given) => {
    const call = request(...given);
    open.add(call);
    return call.on('information', () => open.delete(call)).on('close', () => open.delete(call));
  };
  let now = workerData.now;
  Date.now = () => now;
  const real = globalThis.setTimeout;
  globalThis.setTimeout = (act, delay, ...rest) => {
    const due = now + (delay > 0 ? Math.ceil(delay) : 0);
    let turns = (due - now) / workerData.speed;
    const timer = real(() => {
      if (open.size === 0) turns -= 1;
      if (turns > 0) return timer.refresh();
      now = Math.max(now, due);
      act(...rest);
    }, 1);
    return timer;
  };
  parentPort.on('message', (message) => (now = Math.max(now, message.now)));
}
const { handler } = require(workerData.file);
parentPort.on('message', ({ event }) => {
  handler(event, { getRemainingTimeInMillis: () => 60000 }).then(
    (value) => parentPort.postMessage({ value }),
    (error) => parentPort.postMessage({ failure: String(error && error.name) + ': ' + String(error && error.message) }),
  );
});`;

/** A handler as it is deployed, in a thread of its own that can be stopped in the middle like a function that crashes. */
export class BundledHandler {
  private readonly worker: Worker;
  private broken: Error | undefined;

  /**
   * @param name of the handler, or the folder that its bundle was copied to
   * @param speed of its time: with 50, a service that says that it will not answer (`FakeAws`) is waited for 200 turns of the event loop, not ten seconds
   */
  constructor(name: string, environment: Readonly<Record<string, string>>, speed = 50) {
    const folder = isAbsolute(name) ? name : join(__dirname, '..', '..', 'dist', 'handlers', name);
    const file = join(folder, 'index.js');
    const workerData = { file, speed, now: Date.now() };
    this.worker = new Worker(RUN, { eval: true, env: { ...environment }, workerData, stdout: true });
    this.worker.on('error', (error: Error) => (this.broken = error));
  }

  /** Rejects with what the function failed with, as Lambda would report it. */
  public invoke(event: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.broken !== undefined) return reject(this.broken);
      this.worker.once('error', reject);
      this.worker.once('message', (message: { value?: unknown; failure?: string }) => {
        this.worker.removeListener('error', reject);
        if (message.failure === undefined) resolve(message.value);
        else reject(new Error(message.failure));
      });
      this.worker.postMessage({ event, now: Date.now() });
    });
  }

  public async stop(): Promise<void> {
    await this.worker.terminate();
  }
}
