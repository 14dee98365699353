// One synth with the library's constructs, as a user's app makes it: node ours.cjs OUTDIR SERIALS_FILE
process.env.CDK_VALIDATION = 'false';
const { App, Stack } = require('aws-cdk-lib');
const { Access, AllowList, Enrollment, Topic, ZeroTrustAccount, ZeroTrustFleet } = require('../../dist/lib');

const [outdir, serials] = process.argv.slice(2);
const app = new App({ outdir, analyticsReporting: false });
const stack = new Stack(app, 'ZeroTrust');
const account = new ZeroTrustAccount(stack, 'Account', { alerts: { emails: ['soc@example.com'] } });
new ZeroTrustFleet(stack, 'Fleet', {
  alertTopic: account.alertTopic,
  enrollment: Enrollment.byClaim({ allowList: AllowList.fromFile(serials) }),
  access: [
    Access.publish(Topic.of('pumps', Topic.THING, 'telemetry')),
    Access.subscribe(Topic.of('pumps', Topic.THING, 'commands', Topic.ANY)),
    Access.shadow(),
    Access.jobs(),
  ],
});
app.synth();
require('./report.cjs');
