import type { FakeAccount } from '../../support/fake-account';

export const OTHER_ROLE = 'arn:aws:iam::111122223333:role/of-others';
export const OTHER_TOPIC = 'arn:aws:sns:eu-west-1:111122223333:of-others';

/** An account in which somebody else has set something of everything. */
export function inUse(account: FakeAccount): void {
  Object.assign(account.audit.auditCheckConfigurations, {
    CONFLICTING_CLIENT_IDS_CHECK: { enabled: true },
    DEVICE_CERTIFICATE_EXPIRING_CHECK: { enabled: true, configuration: { CERT_EXPIRATION_THRESHOLD_IN_DAYS: '60' } },
  });
  account.audit.roleArn = OTHER_ROLE;
  account.audit.auditNotificationTargetConfigurations = {
    SNS: { targetArn: OTHER_TOPIC, roleArn: OTHER_ROLE, enabled: true },
  };
  account.logging = {
    roleArn: OTHER_ROLE,
    defaultLogLevel: 'ERROR',
    disableAllLogs: false,
    eventConfigurations: [{ eventType: 'Publish-In', logLevel: 'DEBUG', logDestination: 'mine' }],
  };
  account.indexing = {
    thingIndexingConfiguration: {
      managedFields: [{ name: 'thingName', type: 'String' }],
      thingIndexingMode: 'REGISTRY_AND_SHADOW',
      thingConnectivityIndexingMode: 'OFF',
      deviceDefenderIndexingMode: 'VIOLATIONS',
      namedShadowIndexingMode: 'ON',
      customFields: [{ name: 'attributes.site', type: 'String' }],
      filter: { geoLocations: [{ name: 'shadow.reported.place', order: 'LatLon' }], namedShadowNames: ['theirs'] },
    },
    thingGroupIndexingConfiguration: { thingGroupIndexingMode: 'OFF', customFields: [] },
  };
  account.events.JOB = true;
  account.suppressions.set(JSON.stringify(['LOGGING_DISABLED_CHECK', { account: '111122223333' }]), {
    checkName: 'LOGGING_DISABLED_CHECK',
    resourceIdentifier: { account: '111122223333' },
    suppressIndefinitely: true,
    description: 'by hand',
  });
}

/** What counts: nothing is on, so whatever else is still written there has no effect. */
export function effective(account: FakeAccount): object {
  const settings = account.settings() as { logging?: { disableAllLogs: boolean }; indexing: Record<string, object> };
  if (settings.logging?.disableAllLogs === true) delete settings.logging;
  settings.indexing = Object.fromEntries(
    Object.entries(settings.indexing).map(([half, configuration]) => [
      half,
      Object.fromEntries(
        Object.entries(configuration).filter(([, value]) => value !== 'OFF' && JSON.stringify(value) !== '[]'),
      ),
    ]),
  );
  return settings;
}
