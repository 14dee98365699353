import { at, booleanOf, isList, isUnresolved, listOf } from '../model/value';
import type { Rule } from '../rule';
import { hasText } from './account';
import { iotArn, ISOLATE } from './examples';
import { eachResource } from './support';

const metric = (name: string, limit: string): object => ({
  Name: name.replace('aws:', ''),
  Metric: name,
  Criteria: {
    ComparisonOperator: 'less-than-equals',
    Value: { Count: limit },
    DurationSeconds: 300,
    ConsecutiveDatapointsToAlarm: 1,
    ConsecutiveDatapointsToClear: 1,
  },
});

/** What abuse of a device's rights shows in. */
export const PROFILE = {
  Profile: {
    Type: 'AWS::IoT::SecurityProfile',
    Properties: {
      TargetArns: [iotArn('all/registered-things')],
      AlertTargets: {
        SNS: {
          AlertTargetArn: { 'Fn::ImportValue': 'SecurityAlertsArn' },
          RoleArn: { 'Fn::ImportValue': 'SecurityAlertsRoleArn' },
        },
      },
      Behaviors: [
        metric('aws:num-authorization-failures', '3'),
        metric('aws:num-connection-attempts', '20'),
        metric('aws:num-messages-sent', '120'),
      ],
    },
  },
  Isolate: ISOLATE,
};

export const DET1: Rule = {
  id: 'ZTI-DET1',
  title: 'What is detected is told',
  tenets: [4, 5, 7],
  severity: 'error',
  types: ['AWS::IoT::SecurityProfile'],
  why: 'A profile without targets watches nobody, and one without alert targets, or with every behavior silenced, tells nobody.',
  fix: 'Set TargetArns to all registered things or a group, AlertTargets to a topic, and SuppressAlerts only where another behavior speaks.',
  example: PROFILE,
  evidenceFor: [
    'IoT Lens IOTSEC06-BP01',
    'IoT Lens IOTSEC06-BP02',
    'IEC 62443-4-2 CR 6.2',
    'NISTIR 8259A Cybersecurity State Awareness',
  ],
  check: (model) =>
    eachResource(model, ['AWS::IoT::SecurityProfile'], ({ TargetArns, AlertTargets, Behaviors }, note) => {
      if (!listOf(TargetArns).some(hasText)) note('watches nobody', { location: 'Properties/TargetArns' });
      if (!hasText(at(AlertTargets, 'SNS', 'AlertTargetArn')))
        note('alerts nobody', { location: 'Properties/AlertTargets' });
      const behaviors = isList(Behaviors) ? Behaviors : [];
      if (!isUnresolved(Behaviors) && behaviors.length === 0)
        note('watches for nothing', { location: 'Properties/Behaviors' });
      const silenced = behaviors.filter((behavior) => booleanOf(at(behavior, 'SuppressAlerts')) === true);
      if (behaviors.length > 0 && silenced.length === behaviors.length)
        note('suppresses the alerts of every behavior', { location: 'Properties/Behaviors' });
    }),
};
