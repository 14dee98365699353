import type { Model, Resource } from '../model/model';
import { isUnresolved, textOf } from '../model/value';
import type { Observation, Rule } from '../rule';
import { DEVICE_TYPES, firstDeviceResource, LOGGING_TYPES } from './account';
import { roleExample } from './examples';
import { conditionOf, standing } from './standing';
import { eachResource } from './support';

export const LOG1: Rule = {
  id: 'ZTI-LOG1',
  title: 'Refusals are on record',
  tenets: [7],
  severity: 'error',
  strict: true,
  types: [...DEVICE_TYPES, ...LOGGING_TYPES],
  why: 'Without logs a refused connection leaves no trace: neither an attack nor a mistake can be told from silence.',
  fix: 'Add AWS::IoT::Logging with DefaultLogLevel WARN or ERROR, and finer levels for single groups.',
  example: {
    Logging: {
      Type: 'AWS::IoT::Logging',
      Properties: {
        AccountId: { Ref: 'AWS::AccountId' },
        DefaultLogLevel: 'WARN',
        RoleArn: { 'Fn::GetAtt': ['LoggingRole', 'Arn'] },
      },
    },
    LoggingRole: roleExample('iot.amazonaws.com'),
  },
  evidenceFor: ['IoT Lens IOTSEC06-BP01', 'IEC 62443-4-2 CR 6.1', 'EU CRA Annex I (2)(l)'],
  runtime: ['LOGGING_DISABLED_CHECK'],
  check: (model, { accountBaseline, profile }): Observation[] => {
    const device = firstDeviceResource(model);
    return [
      ...(accountBaseline === 'this-app' && device !== undefined ? missing(model, device) : []),
      ...eachResource(model, LOGGING_TYPES, ({ DefaultLogLevel }, note) => {
        const location = 'Properties/DefaultLogLevel';
        const level = textOf(DefaultLogLevel) ?? '';
        if (isUnresolved(DefaultLogLevel)) note(`depends on ${level}`, { location, unverified: true });
        else if (level === 'DISABLED' || level === '') note('logs nothing', { location });
        else if (profile === 'strict' && ['DEBUG', 'INFO'].includes(level))
          note(`logs at ${level}: every message of every device, at a price`, { location, severity: 'warning' });
      }),
    ];
  },
};

function missing(model: Model, device: Resource): Observation[] {
  const { sure, perhaps } = standing(model, LOGGING_TYPES, device);
  const at = { file: device.file.path };
  if (sure.length > 0) return [];
  const [conditional] = perhaps;
  return conditional === undefined
    ? [{ at, message: 'holds devices or their policies, and nothing logs what AWS IoT refuses' }]
    : [{ at, message: `is logged only under condition ${conditionOf(conditional)}`, unverified: true }];
}
