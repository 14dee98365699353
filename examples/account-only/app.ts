// The account's baseline without a fleet: another team owns the index, so it is left alone.
import { App, Duration, Stack } from 'aws-cdk-lib';
import { AccountSetting, AuditDay, AuditSchedule, ZeroTrustAccount } from '../../lib';

const app = new App();
const stack = new Stack(app, 'IotBaseline');

new ZeroTrustAccount(stack, 'Account', {
  alerts: { emails: ['soc@example.com'] },
  audit: {
    certificateAge: Duration.days(365),
    schedules: [AuditSchedule.daily(), AuditSchedule.weekly(AuditDay.SUNDAY)],
  },
  without: [AccountSetting.INDEXING],
});
app.synth();
