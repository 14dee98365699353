import { checkPort } from './broker/front-door';
import { openCloud } from './cloud/rehearsal-cloud';
import type { CloudProps } from './ports';
import { Rehearsal, type RehearsalOptions } from './rehearsal';

/** How an assembly is rehearsed; all of it has a default. */
export type RehearseOptions = Omit<CloudProps, 'assembly'> & RehearsalOptions;

/**
 * Deploys a cloud assembly on this machine and puts an MQTT broker before it, for tests:
 *
 * ```ts
 * const r = await rehearse('cdk.out');
 * await r.device('pump-7').enrolls();
 * await r.device('pump-7').connects();
 * await r.device('pump-7').isDenied.publish('pumps/pump-8/telemetry');
 * await r.close();
 * ```
 */
export async function rehearse(assembly: string, options: RehearseOptions = {}): Promise<Rehearsal> {
  const { port, ...props } = options;
  // Found out before all is deployed.
  if (port !== undefined) await checkPort(port);
  const cloud = await openCloud({ ...props, assembly });
  try {
    return await Rehearsal.over(cloud, assembly, { port });
  } catch (error) {
    await cloud.close();
    throw error;
  }
}
