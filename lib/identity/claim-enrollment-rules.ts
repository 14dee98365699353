import { region_info, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkNameOnce } from '../internal/account-registry';
import { checkAlertDestination } from '../internal/alert-destination';
import { InputErrors } from '../internal/input-errors';
import { checkPlaces } from '../internal/place';
import { checkStatic } from '../internal/thing-group';
import type { ClaimEnrollmentProps } from './claim-enrollment-props';
import { provisioningTemplate, SERIAL_ATTRIBUTE, TEMPLATE_MAX_LENGTH } from './provisioning-template';
import { checkAttributes, THING_NAME } from './thing-rules';

const MOST_CLAIM_CERTIFICATES = 50;
const CERTIFICATE_ARN = /^arn:(aws[a-z-]*):iot:([a-z]{2,5}(?:-[a-z]{1,20}){1,3}-\d{1,2}):(\d{12}):cert\/[0-9a-f]{64}$/;

/** Throws one error for all that is wrong with the properties. */
export function checkClaimEnrollment(scope: IConstruct, props: ClaimEnrollmentProps): void {
  const errors = new InputErrors(scope);
  checkThingNames(errors, props);
  checkAttributes(errors, props.attributes, {
    hasThingType: props.thingType !== undefined,
    own: [SERIAL_ATTRIBUTE],
    mustBeKnown: true,
  });
  errors.text('templateName', props.templateName, {
    maxLength: 36,
    pattern: /^[0-9A-Za-z_-]+$/,
    allowed: "letters, digits, '_' and '-'",
    code: 'ProvisioningTemplateNameInvalid',
  });
  errors.number('refusalsToAlarm', props.refusalsToAlarm, { min: 1, max: 1_000_000 });
  checkClaimCertificates(errors, props.claimCertificates);
  checkCertificatePlaces(errors, Stack.of(scope), props.claimCertificates);
  checkTemplateLength(errors, props);
  checkStatic('fleetGroup', props.fleetGroup, errors);
  checkPlaces(scope, { fleetGroup: props.fleetGroup, thingType: props.thingType }, errors);
  checkAlertDestination({ alertTopic: props.alarmTopic, alertTopicKey: props.alarmTopicKey }, errors, {
    names: { topic: 'alarmTopic', key: 'alarmTopicKey' },
    alarmsOnly: true,
  });
  checkNameOnce(scope, 'provisioning template', 'templateName', props.templateName, errors);
  errors.throwIfAny();
}

function checkThingNames(errors: InputErrors, { thingNamePrefix, allowList }: ClaimEnrollmentProps): void {
  const most = THING_NAME.maxLength;
  if (thingNamePrefix === undefined || thingNamePrefix === '' || Token.isUnresolved(thingNamePrefix)) return;
  errors.text('thingNamePrefix', thingNamePrefix, { ...THING_NAME, maxLength: most - 1 });
  const longest = allowList?._longest ?? 0;
  if (thingNamePrefix.length < most && thingNamePrefix.length + longest > most) {
    errors.report(
      'ThingNameInvalid',
      `'thingNamePrefix' (${thingNamePrefix.length} characters) and the longest serial number (${longest}) must have at most ${most} characters together`,
    );
  }
}

function checkClaimCertificates(errors: InputErrors, arns: readonly string[] | undefined): void {
  if (arns === undefined) return;
  const code = 'ClaimCertificateInvalid';
  if (Token.isUnresolved(arns)) {
    errors.report(
      code,
      "'claimCertificates' must be a list that is known at synth, since each makes a resource; its items may be tokens",
    );
    return;
  }
  errors.size('claimCertificates', arns, 0, MOST_CLAIM_CERTIFICATES, code);
  errors.unique('claimCertificates', arns, code);
  arns.forEach((arn, index) =>
    errors.text(`claimCertificates[${index}]`, arn, {
      maxLength: 200,
      pattern: CERTIFICATE_ARN,
      allowed: 'the ARN of a certificate, arn:aws:iot:REGION:ACCOUNT:cert/ID',
      code,
    }),
  );
}

/** A policy is attached to certificates of its own account and region only, and each region is in one partition. */
function checkCertificatePlaces(
  errors: InputErrors,
  { region, account }: Stack,
  arns: readonly string[] | undefined,
): void {
  if (arns === undefined || Token.isUnresolved(arns)) return;
  arns.forEach((arn, index) => {
    const [, partition, ofRegion, ofAccount] = CERTIFICATE_ARN.exec(arn) ?? [];
    if (ofRegion === undefined) return;
    const report = (what: string): void =>
      errors.report('ClaimCertificateInvalid', `'claimCertificates[${index}]' ${what}`);
    const expected = region_info.RegionInfo.get(ofRegion).partition;
    if (expected !== undefined && partition !== expected)
      report(`has the partition ${partition}, but ${ofRegion} is in ${expected}: begin it with arn:${expected}:`);
    if (!Token.isUnresolved(region) && ofRegion !== region)
      report(`is of ${ofRegion}, but this stack is for ${region}: give the certificate as it is registered there`);
    if (!Token.isUnresolved(account) && ofAccount !== account)
      report(`is of the account ${ofAccount}, but this stack is for ${account}: give one that is registered there`);
  });
  // Otherwise what is elsewhere was reported above.
  if (Token.isUnresolved(region) || Token.isUnresolved(account)) checkOnePlace(errors, arns);
}

/** Regions of claim certificates that the CDK does not know, each as it is written; those of a stack's own region are right. */
export function unknownRegions({ region }: Stack, arns: readonly string[] | undefined): string[] {
  if (arns === undefined || Token.isUnresolved(arns)) return [];
  const regions = arns.map((arn) => CERTIFICATE_ARN.exec(arn)?.[2]);
  const unknown = regions.filter((name) => name !== undefined && name !== region);
  return [...new Set(unknown as string[])].filter((name) => region_info.RegionInfo.get(name).partition === undefined);
}

/** Where a stack is deployed may be open at synth; that it is one place is not. */
function checkOnePlace(errors: InputErrors, arns: readonly string[]): void {
  const places = arns.map((arn) => CERTIFICATE_ARN.exec(arn)?.slice(2).join(' in the account '));
  const first = places.findIndex((place) => place !== undefined);
  const other = places.findIndex((place) => place !== undefined && place !== places[first]);
  if (other < 0) return;
  errors.report(
    'ClaimCertificateInvalid',
    `'claimCertificates[${other}]' is of ${places[other]}, but 'claimCertificates[${first}]' of ${places[first]}: a stack is in one region and account, so give those that are registered where it is deployed`,
  );
}

function checkTemplateLength(errors: InputErrors, props: ClaimEnrollmentProps): void {
  // Tokens are shorter here than the names they stand for: what is too long now is too long in any case.
  const { length } = JSON.stringify(
    provisioningTemplate({
      thingNamePrefix: props.thingNamePrefix ?? '',
      thingGroupName: props.fleetGroup.thingGroupRef.thingGroupName,
      attributes: props.attributes ?? {},
      oneTimeUse: true,
    }),
  );
  if (length <= TEMPLATE_MAX_LENGTH) return;
  errors.report(
    'ProvisioningTemplateTooLong',
    `'attributes' make a provisioning template of ${length} characters, ${length - TEMPLATE_MAX_LENGTH} more than ${TEMPLATE_MAX_LENGTH}`,
  );
}
