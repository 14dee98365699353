import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCloud, type RehearsalCloud } from '../../rehearsal/cloud/rehearsal-cloud';

/** An account in which nothing is deployed, with its services on loopback. */
export interface ControlPlane {
  readonly cloud: RehearsalCloud;
  readonly url: string;
  readonly region: string;
  /** Makes an access key id of somebody who may do what these statements say; everything by default. */
  caller(accessKeyId: string, statements?: readonly object[]): void;
  close(): Promise<void>;
}

const EVERYTHING = [{ Effect: 'Allow', Action: '*', Resource: '*' }];

export async function openControlPlane(region = 'eu-west-1', resources: object = {}): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), 'control-plane-'));
  try {
    const artifacts = { Empty: { type: 'aws:cloudformation:stack', properties: { templateFile: 'template.json' } } };
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ version: '36.0.0', artifacts }));
    writeFileSync(join(folder, 'template.json'), JSON.stringify({ Resources: resources }));
    const cloud = await openCloud({ assembly: folder, region });
    const { authorizer, gateway, place } = cloud.services.world;
    return {
      cloud,
      url: gateway.url,
      region,
      caller: (accessKeyId, statements = EVERYTHING) => {
        const arn = `arn:${place.partition}:iam::${place.account}:role/${accessKeyId}`;
        const policies = [{ name: 'Rights', document: { Statement: statements } }];
        authorizer.roles.set(arn, {
          arn,
          name: accessKeyId,
          trust: { name: 'nobody', document: { Statement: [] } },
          policies,
        });
        gateway.know(accessKeyId, { party: { kind: 'person', name: accessKeyId }, roleArn: arn });
      },
      close: () => cloud.close(),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
