import { Fn, Lazy, Stack } from 'aws-cdk-lib';
import { CfnThingGroup, CfnThingType } from 'aws-cdk-lib/aws-iot';
import { Key } from 'aws-cdk-lib/aws-kms';
import { AllowList } from '../../lib/identity/allow-list';
import type { ClaimEnrollmentOptions } from '../../lib/identity/claim-enrollment-props';
import { checkClaimEnrollment } from '../../lib/identity/claim-enrollment-rules';
import { pastedKey } from '../support/private-key';

const ID = 'ab'.repeat(32);
const arn = (index: number) => `arn:aws:iot:eu-west-1:111122223333:cert/${index.toString(16).padStart(64, '0')}`;

function check(options: ClaimEnrollmentOptions, withType = false, stack = new Stack()): void {
  checkClaimEnrollment(stack, {
    fleetGroup: new CfnThingGroup(stack, 'Group'),
    ...(withType && { thingType: new CfnThingType(stack, 'Type') }),
    ...options,
  });
}

const attributes = (count: number, length: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, 'v'.repeat(length)]));

describe('takes', () => {
  test.each<[string, ClaimEnrollmentOptions]>([
    ['nothing', {}],
    ['no prefix', { thingNamePrefix: '' }],
    ['a prefix of 127 characters', { thingNamePrefix: 'p'.repeat(127), allowList: AllowList.fromSerials(['A']) }],
    ['a prefix with all characters that are allowed', { thingNamePrefix: 'aZ0:_-' }],
    ['names of 128 characters', { thingNamePrefix: 'pump-', allowList: AllowList.fromSerials(['s'.repeat(123)]) }],
    ['a template name of 36 characters', { templateName: 'aZ0_-'.repeat(7) + 'x' }],
    ['a threshold', { refusalsToAlarm: 1_000_000 }],
    ['two attributes', { attributes: attributes(2, 800) }],
    ['50 claim certificates', { claimCertificates: Array.from({ length: 50 }, (_, index) => arn(index)) }],
    ['a certificate in China', { claimCertificates: [`arn:aws-cn:iot:cn-north-1:111122223333:cert/${ID}`] }],
    ['a certificate in GovCloud', { claimCertificates: [`arn:aws-us-gov:iot:us-gov-west-1:111122223333:cert/${ID}`] }],
  ])('%s', (_, options) => expect(() => check(options)).not.toThrow());
});

describe('fails for', () => {
  test('attributes that are known at deployment only, since each is a part of the template', () => {
    const later = Lazy.any({ produce: () => ({ site: 'north' }) }) as unknown as Record<string, string>;
    expect(() => check({ attributes: later })).toThrow(
      /'attributes' must be an object that is known at synth.*ThingAttributesInvalid/,
    );
    expect(() => check({ attributes: { site: Lazy.string({ produce: () => 'a b' }) } })).not.toThrow();
  });

  test('a key of the alarm topic that is none', () => {
    const stack = new Stack();
    const alarmTopicKey = new Key(stack, 'Key');
    expect(() => check({ alarmTopicKey }, false, stack)).toThrow(
      /'alarmTopicKey' is given without 'alarmTopic'.*AlertTopicKeyUnfit/,
    );
  });

  test.each<[string, ClaimEnrollmentOptions, RegExp]>([
    [
      'a prefix with other characters',
      { thingNamePrefix: 'pump/' },
      /'thingNamePrefix' may contain only letters.*got "pump\/".*ThingNameInvalid/,
    ],
    [
      'a prefix of 128 characters',
      { thingNamePrefix: 'p'.repeat(128), allowList: AllowList.fromSerials(['A']) },
      /'thingNamePrefix' must have 1 to 127 characters, got 128 [^;]*$/,
    ],
    [
      'names of 129 characters',
      { thingNamePrefix: 'pump-', allowList: AllowList.fromSerials(['s'.repeat(124)]) },
      /\(5 characters\) and the longest serial number \(124\) must have at most 128.*ThingNameInvalid/,
    ],
    [
      'an empty template name',
      { templateName: '' },
      /'templateName' must have 1 to 36.*ProvisioningTemplateNameInvalid/,
    ],
    ['a template name that is too long', { templateName: 't'.repeat(37) }, /ProvisioningTemplateNameInvalid/],
    [
      'a template name with other characters',
      { templateName: 'a.b' },
      /'templateName' may contain only.*ProvisioningTemplateNameInvalid/,
    ],
    [
      'a threshold of 0',
      { refusalsToAlarm: 0 },
      /'refusalsToAlarm' must be a whole number from 1 to 1000000, got 0.*NumberOutOfRange/,
    ],
    ['half a refusal', { refusalsToAlarm: 1.5 }, /NumberOutOfRange/],
    [
      'three attributes without a type',
      { attributes: attributes(3, 1) },
      /at most 2 items besides serialNumber.*ThingAttributesTooMany/,
    ],
    ['an attribute that is set from the serial', { attributes: { serialNumber: 'x' } }, /ThingAttributesInvalid/],
    [
      'an attribute value with a space',
      { attributes: { site: 'north gate' } },
      /'attributes\.site'.*ThingAttributesInvalid/,
    ],
    [
      'an id of a certificate',
      { claimCertificates: [ID] },
      /'claimCertificates\[0\]' may contain only the ARN of a certificate.*ClaimCertificateInvalid/,
    ],
    [
      'another ARN',
      { claimCertificates: [arn(1), 'arn:aws:iot:eu-west-1:111122223333:thing/x'] },
      /'claimCertificates\[1\]'/,
    ],
    ['no region', { claimCertificates: [`arn:aws:iot:nowhere-9:111122223333:cert/${ID}`] }, /ClaimCertificateInvalid/],
    ['an empty ARN', { claimCertificates: [''] }, /ClaimCertificateInvalid/],
    [
      'a certificate twice',
      { claimCertificates: [arn(1), arn(1)] },
      /must not name an item twice.*ClaimCertificateInvalid/,
    ],
    [
      '51 certificates',
      { claimCertificates: Array.from({ length: 51 }, (_, index) => arn(index)) },
      /must have 0 to 50 items, got 51.*ClaimCertificateInvalid/,
    ],
  ])('%s', (_, options, message) => expect(() => check(options)).toThrow(message));

  test.each([
    [
      'arn:aws-cn:iot:eu-west-1:111122223333',
      /has the partition aws-cn, but eu-west-1 is in aws: begin it with arn:aws:/,
    ],
    ['arn:aws:iot:us-gov-east-1:111122223333', /has the partition aws, but us-gov-east-1 is in aws-us-gov/],
    ['arn:aws:iot:cn-north-1:111122223333', /has the partition aws, but cn-north-1 is in aws-cn/],
    ['arn:aws:iot:eu-central-1:111122223333', /is of eu-central-1, but this stack is for eu-west-1/],
    ['arn:aws:iot:eu-west-1:444455556666', /is of the account 444455556666, but this stack is for 111122223333/],
  ])('a certificate of another place: %s', (begin, message) => {
    const of = () => new Stack(undefined, 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
    const claimCertificates = [arn(1), `${begin}:cert/${ID}`];
    expect(() => check({ claimCertificates: [arn(1)] }, false, of())).not.toThrow();
    expect(() => check({ claimCertificates }, false, of())).toThrow(message);
    expect(() => check({ claimCertificates }, false, of())).toThrow(
      /'claimCertificates\[1\]'.*ClaimCertificateInvalid/,
    );
  });

  test.each([
    [
      'arn:aws:iot:eu-west-2:111122223333',
      /'claimCertificates\[1\]' is of eu-west-2 in the account 111122223333, but 'claimCertificates\[0\]' of eu-west-1 in/,
    ],
    ['arn:aws:iot:eu-west-1:444455556666', /'claimCertificates\[1\]' is of eu-west-1 in the account 444455556666, but/],
  ])('certificates of two places, in a stack for any: %s', (begin, message) => {
    const claimCertificates = [arn(1), `${begin}:cert/${ID}`];
    expect(() => check({ claimCertificates: [arn(1), arn(2)] })).not.toThrow();
    expect(() => check({ claimCertificates: [Fn.importValue('Claim'), arn(2)] })).not.toThrow();
    expect(() => check({ claimCertificates })).toThrow(message);
    expect(() => check({ claimCertificates: [Fn.importValue('Claim'), ...claimCertificates] })).toThrow(
      /'claimCertificates\[2\]' is of .*, but 'claimCertificates\[1\]' of .*ClaimCertificateInvalid/,
    );
  });

  test('a private key in the place of a claim certificate, without showing it', () => {
    const { pem, isShownIn } = pastedKey();
    let message = '';
    try {
      check({ claimCertificates: [pem] });
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(/a private key \(not shown\)/);
    expect(isShownIn(message)).toBe(false);
  });

  test('attributes that make the template too long', () => {
    expect(() => check({ attributes: attributes(11, 800) }, true)).not.toThrow();
    expect(() => check({ attributes: attributes(13, 800) }, true)).toThrow(
      /make a provisioning template of \d+ characters, \d+ more than 10240.*ProvisioningTemplateTooLong/,
    );
  });

  test('all of it at once', () => {
    expect(() => check({ templateName: 'a b', thingNamePrefix: '/', refusalsToAlarm: -1 })).toThrow(
      /thingNamePrefix.*templateName.*refusalsToAlarm/,
    );
  });
});
