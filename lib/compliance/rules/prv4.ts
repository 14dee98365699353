import { boundBy, sourceOf } from '../iam/source';
import { at, numberOf, openHoles, textOf } from '../model/value';
import type { Observation, Rule } from '../rule';
import { calledByIot, functionsOf } from './functions';
import { eachResource } from './support';

const SERVICE = 'iot.amazonaws.com';
/** The service waits so long for a hook. @see https://docs.aws.amazon.com/iot/latest/developerguide/pre-provisioning-hook.html */
const MAX_SECONDS = 5;

export const PRV4: Rule = {
  id: 'ZTI-PRV4',
  title: 'AWS IoT calls a function for this account only, and gets an answer in time',
  tenets: [6],
  severity: 'error',
  types: ['AWS::Lambda::Permission', 'AWS::IoT::ProvisioningTemplate'],
  why: "Without a source, anybody's provisioning template, rule or authorizer can call the function. A hook that takes more than five seconds refuses every device.",
  fix: 'Set SourceArn and SourceAccount of the permission, and a Timeout of at most 5 seconds.',
  example: {
    HookPermission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: 'enrollment-hook',
        Principal: SERVICE,
        SourceAccount: { Ref: 'AWS::AccountId' },
        SourceArn: {
          'Fn::Sub': 'arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:provisioningtemplate/pumps',
        },
      },
    },
  },
  evidenceFor: ['IEC 62443-4-2 CR 2.1'],
  check: (model): Observation[] => [
    ...eachResource(
      model,
      ['AWS::Lambda::Permission'],
      ({ Principal, SourceArn, SourceAccount, FunctionName }, note) => {
        const source = boundBy([SourceArn, SourceAccount].map(sourceOf));
        if (source === 'named') return;
        const unverified = source === 'unknown';
        if (textOf(Principal)?.toLowerCase() === SERVICE)
          note(
            unverified
              ? 'on behalf of which account AWS IoT may call the function is only known at deployment'
              : 'lets AWS IoT call the function on behalf of any account',
            { location: 'Properties', unverified },
          );
        else if (
          textOf(Principal) === '*' &&
          functionsOf(model, FunctionName).some((each) => calledByIot(model).has(each))
        )
          note('lets anybody call a function that AWS IoT asks', { location: 'Properties/Principal', unverified });
        else if (openHoles(Principal).length > 0)
          note(`depends on ${textOf(Principal) ?? ''}`, { location: 'Properties/Principal', unverified: true });
      },
    ),
    ...eachResource(model, ['AWS::IoT::ProvisioningTemplate'], (properties, note) => {
      for (const { variants } of functionsOf(model, at(properties, 'PreProvisioningHook', 'TargetArn'))) {
        const longest = Math.max(0, ...variants.map(({ value }) => numberOf(value.Timeout) ?? 0));
        if (longest > MAX_SECONDS)
          note(`the hook may take ${longest} s, the service waits ${MAX_SECONDS} s`, {
            severity: 'warning',
            location: 'Properties/PreProvisioningHook',
          });
      }
    }),
  ],
};
