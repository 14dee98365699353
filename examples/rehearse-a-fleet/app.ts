// What a platform team asserts in its own tests: the stack that would be deployed, rehearsed on this machine. In an app of
// its own, the last import reads `from 'cdk-iot-zero-trust/rehearsal'`.
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Access, AllowList, Behavior, Enrollment, Topic, ZeroTrustFleet } from '../../lib';
import { rehearse } from '../../rehearsal';

const app = new App();
new ZeroTrustFleet(new Stack(app, 'Pumps'), 'Fleet', {
  enrollment: Enrollment.byClaim({ allowList: AllowList.fromSerials(['7', '8']), thingNamePrefix: 'pump-' }),
  access: [Access.publish(Topic.of('pumps', Topic.THING, 'telemetry')), Access.jobs(), Access.shadow()],
  behaviors: [Behavior.messagesSent().mustBeAtMost(120).per(Duration.minutes(5))],
});
const assembly = app.synth();

/** Deploys the assembly here and asks its devices. Throws where one of them may more, or less, than it should. */
export async function proof(): Promise<void> {
  const r = await rehearse(assembly.directory);
  try {
    const pump = r.device('pump-7');
    await pump.connects();
    await pump.isAllowed.publish('pumps/pump-7/telemetry');
    await pump.isDenied.publish('pumps/pump-8/telemetry');
    await pump.isDenied.connect('pump-8');

    await r.accuses(pump);
    await r.passes(10 * 60_000);
    pump.isIsolated();
    await pump.isDenied.publish('pumps/pump-7/telemetry');
    await pump.keepsRepairChannel();

    const { faults, gaps, denied } = r.findings();
    const wrong = [...faults, ...gaps, ...denied].map(({ what }) => what);
    if (wrong.length > 0) throw new Error(wrong.join('; '));
  } finally {
    await r.close();
  }
}
