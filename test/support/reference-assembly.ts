// Apart from `rehearsal-assembly`: the tests whose templates are written by hand load no CDK.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FleetFile } from '../../bin/fleet-file';
import { buildFleet, parseFleet } from '../../bin/reference-app';
import { testApp } from './app';
import { ROOT } from './sources';

/** The reference app with a short allow-list; its detection is Device Defender's unless said otherwise. */
export function referenceAssembly(serials: readonly string[], changes: object = {}): string {
  const whole = JSON.parse(readFileSync(join(ROOT, 'fleet.json'), 'utf8')) as { enrollment: object };
  const fleet = {
    ...whole,
    detect: 'device-defender',
    ...changes,
    enrollment: { ...whole.enrollment, allowList: serials },
  };
  const app = testApp();
  buildFleet(app, parseFleet(FleetFile.parse(JSON.stringify(fleet), join(ROOT, 'fleet.json'))), { checks: false });
  return app.synth().directory;
}
