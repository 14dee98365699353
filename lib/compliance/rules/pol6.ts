import { covers } from '../policies/acts';
import { nameOf } from '../policies/pattern';
import type { Rule } from '../rule';
import { CONNECT_AS_ITSELF, iotArn, policyExample, THING } from './examples';
import { eachPolicy, eachReach, statementPath } from './support';

/** Levels by which topics that make devices act are commonly named. */
const COMMANDS = ['cmd', 'command', 'commands', 'control', 'jobs', 'shadow', 'action', 'actions'];

export const POL6: Rule = {
  id: 'ZTI-POL6',
  title: 'A device leaves no retained messages but its own',
  tenets: [3, 5],
  severity: 'error',
  types: ['AWS::IoT::Policy', 'AWS::IoT::ProvisioningTemplate'],
  why: 'The broker keeps a retained message and gives it to everyone who subscribes later. On a command topic one message stops devices again and again, long after the sender was isolated.',
  fix: 'Leave iot:RetainPublish out, or bind it to a state topic of the device: topic/state/${iot:Connection.Thing.ThingName}.',
  example: {
    DevicePolicy: policyExample(CONNECT_AS_ITSELF, {
      Effect: 'Allow',
      Action: ['iot:Publish', 'iot:RetainPublish'],
      Resource: iotArn(`topic/state/${THING}`),
    }),
  },
  evidenceFor: ['IoT Lens IOTSEC04-BP01', 'IEC 62443-4-2 CR 7.1'],
  check: (model) => [
    ...eachReach(model, ({ act }) => act.name === 'retain', 'bind retained messages to a topic of the device'),
    ...eachPolicy(model, ({ analysis }, note) => {
      for (const statement of analysis.text.statements) {
        if (statement.denies || !covers(statement, 'iot:RetainPublish')) continue;
        const names = statement.resources.flatMap((resource) => nameOf(resource, 'topic') ?? []);
        const [command] = names.filter((name) =>
          name.split('/').some((level) => COMMANDS.includes(level.toLowerCase())),
        );
        if (command === undefined) continue;
        note(`allows retained messages on '${command}', which makes devices act`, {
          location: statementPath(statement.index),
        });
      }
    }),
  ],
};
