import { covers } from '../policies/acts';
import { hasWildcard, nameOf } from '../policies/pattern';
import type { Rule } from '../rule';
import { DEVICE_POLICY } from './examples';
import { eachPolicy, statementPath } from './support';

/** What uses a device and what manages the account: who may do both may do all. */
const ALL = ['iot:Connect', 'iot:Publish', 'iot:AttachPolicy', 'iot:UpdateCertificate', 'iot:DeleteThing'];

function isEverything(resource: string): boolean {
  return ['topic', 'client', 'policy', 'cert'].every((type) => nameOf(resource, type) === '*');
}

export const POL1: Rule = {
  id: 'ZTI-POL1',
  title: 'A device policy names its actions',
  tenets: [3, 6],
  severity: 'error',
  types: ['AWS::IoT::Policy', 'AWS::IoT::ProvisioningTemplate'],
  why: 'A wildcard in an action also allows what AWS adds later, and what manages the account. On every resource it gives one stolen certificate the whole fleet.',
  fix: 'List the exact actions: iot:Connect, iot:Publish, iot:Subscribe, iot:Receive.',
  example: { DevicePolicy: DEVICE_POLICY },
  evidenceFor: ['IoT Lens IOTSEC04-BP01', 'IEC 62443-4-2 CR 2.1', 'NISTIR 8259A Logical Access to Interfaces'],
  runtime: ['IOT_POLICY_OVERLY_PERMISSIVE_CHECK'],
  check: (model) =>
    eachPolicy(model, ({ analysis }, note) => {
      for (const statement of analysis.text.statements.filter(({ denies }) => !denies)) {
        const wild = statement.actions.filter(hasWildcard);
        if (wild.length === 0) continue;
        const everywhere = statement.notResources.length > 0 || statement.resources.some(isEverything);
        const severity = everywhere && ALL.every((action) => covers(statement, action)) ? 'fatal' : 'error';
        note(`allows ${wild.join(', ')}${everywhere ? ' on every resource' : ''}`, {
          location: statementPath(statement.index),
          severity,
        });
      }
    }),
};
