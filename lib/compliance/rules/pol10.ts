import type { Rule } from '../rule';
import { DEVICE_POLICY } from './examples';
import { eachPolicy } from './support';

/** Characters without white space. @see https://docs.aws.amazon.com/general/latest/gr/iot-core.html */
const LIMIT = 2048;
/** Less than one more resource takes. */
const RESERVE = 64;

export const POL10: Rule = {
  id: 'ZTI-POL10',
  title: 'A policy fits, with room for a change',
  tenets: [4],
  severity: 'error',
  types: ['AWS::IoT::Policy', 'AWS::IoT::ProvisioningTemplate'],
  why: 'AWS IoT stores no document of more than 2,048 characters. One that is full cannot take the Deny that an incident calls for.',
  fix: 'Use policy variables in place of lists, or split the document: ten policies per certificate, two per thing group.',
  example: { DevicePolicy: DEVICE_POLICY },
  evidenceFor: ['IoT Lens IOTSEC04-BP01'],
  check: (model) =>
    eachPolicy(model, ({ analysis }, note) => {
      const { characters } = analysis.text;
      if (characters > LIMIT)
        note(`has ${characters} characters without white space, of ${LIMIT}: it cannot be deployed`);
      else if (characters > LIMIT - RESERVE)
        note(`has ${characters} of ${LIMIT} characters: there is no room for a change`, { severity: 'warning' });
    }),
};
