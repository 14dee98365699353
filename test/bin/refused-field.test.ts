import { FleetFile } from '../../bin/fleet-file';
import { fieldName } from '../../bin/json-places';
import { fieldNamedIn, refusedField } from '../../bin/refused-field';

const file = FleetFile.parse(
  JSON.stringify({
    name: 'Pumps',
    access: [{ jobs: true }],
    alerts: { emails: ['soc@example.com'] },
    audit: {},
    thingType: { name: 'pump' },
    enrollment: { allowList: ['A'] },
    behaviors: [{ metric: 'message-size', atMost: 3 }],
    response: { protectedGroups: ['a'] },
    repair: { patch: { steps: [{ name: 'a', handler: 'a' }] } },
  }),
  'my.json',
);

test.each([
  ['ZeroTrust/Account/Audit', 'no', 'audit'],
  ['ZeroTrust/Account/Alerts', 'no', 'alerts'],
  ['ZeroTrust/ThingType', 'no', 'thingType'],
  ['ZeroTrust/Protected1', 'no', 'response.protectedGroups'],
  ['ZeroTrust/ThingTypes/Enrollment', 'no', 'enrollment'],
  ['ZeroTrust/ProtectedPumps/Enrollment', 'no', 'enrollment'],
  ['ZeroTrust/Pumps/Policies', 'no', 'access'],
  ['ZeroTrust/Pumps/Enrollment', "'allowList[0]' is bad", 'enrollment.allowList[0]'],
  ['ZeroTrust/Pumps/Enrollment', "'prefix' is bad", 'enrollment'],
  ['ZeroTrust/Pumps/Detection-stream', 'no', 'behaviors'],
  ['ZeroTrustDetect/Profiles', 'no', 'behaviors'],
  ['ZeroTrust/Pumps/Response/Settings', 'no', 'response'],
  ['ZeroTrust/Pumps/Patches', "'steps[0].name' is bad", 'repair.patch.steps[0].name'],
  ['ZeroTrust/Pumps/Proof', 'no', 'repair'],
  ['ZeroTrust/Pumps/Tunnels', 'no', 'repair'],
  ['ZeroTrust/Pumps/Response', 'too much [ResponseSettingsTooLarge]', 'behaviors'],
  ['ZeroTrust/Pumps/Quarantine', "'behaviors[0].atMost' is bad", 'behaviors[0].atMost'],
  // Nothing is known of these.
  ['ZeroTrust/Pumps', "'name' is bad", ''],
  ['ZeroTrust', 'no', ''],
  ['', 'no', ''],
])('what is refused at %j with %j is about %j', (constructPath, message, field) =>
  expect(fieldName(refusedField(file, { constructPath, message }))).toBe(field),
);

test('a field is named as far as the file has it', () => {
  expect(fieldNamedIn(file, ['behaviors', 0], "'atMost.unit' and 'metric'")).toEqual(['behaviors', 0, 'atMost']);
  expect(fieldNamedIn(file, ['behaviors', 0], 'nothing in quotes')).toEqual(['behaviors', 0]);
});
