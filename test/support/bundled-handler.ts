import { isAbsolute, join } from 'node:path';
import { Worker } from 'node:worker_threads';

/**
 * Time runs faster, for the pauses between two tries of the SDK and for services that never answer. Nothing is due while a call
 * will be answered: how busy this machine is must not decide which calls take too long. In a block: a name out there would be
 * global.
 */
const RUN = `
const { parentPort, workerData } = require('node:worker_threads');
{
  const http = require('node:http');
  const { speed } = workerData;
  const patient = globalThis.setTimeout;
  const real = Date.now;
  const start = real();
  const open = new Set();
  const request = http.request;
  http.request = (...given) => {
    const call = request(...given);
    open.add(call);
    return call.on('information', () => open.delete(call)).on('close', () => open.delete(call));
  };
  globalThis.setTimeout = (act, delay, ...rest) => {
    const timer = patient(() => (open.size > 0 ? timer.refresh() : act(...rest)), delay / speed);
    return timer;
  };
  Date.now = () => start + (real() - start) * speed;
}
const { handler } = require(workerData.file);
parentPort.on('message', (event) => {
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
   * @param speed of its time: with 50, a service that says that it will not answer (`FakeAws`) is waited for a fifth of a second, not ten
   */
  constructor(name: string, environment: Readonly<Record<string, string>>, speed = 50) {
    const folder = isAbsolute(name) ? name : join(__dirname, '..', '..', 'dist', 'handlers', name);
    const file = join(folder, 'index.js');
    this.worker = new Worker(RUN, { eval: true, env: { ...environment }, workerData: { file, speed }, stdout: true });
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
      this.worker.postMessage(event);
    });
  }

  public async stop(): Promise<void> {
    await this.worker.terminate();
  }
}
