import { isAbsolute, join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** Time runs faster, for the pauses between two tries of the SDK. In a block: a name out there would be global. */
const RUN = `
const { parentPort, workerData } = require('node:worker_threads');
{
  const { speed } = workerData;
  const patient = globalThis.setTimeout;
  const real = Date.now;
  const start = real();
  globalThis.setTimeout = (act, delay, ...rest) => patient(act, delay / speed, ...rest);
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
   * @param speed of its time: with 50, a call that takes a fifth of a second has taken the ten that calls may take
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
