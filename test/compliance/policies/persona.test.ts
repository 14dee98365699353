import { type Asked, connection, devicesFor, SHARED } from '../../../lib/compliance/policies/persona';

const NOTHING: Asked = { attributes: [], certificate: false };

test('names of devices stand nowhere in the policy', () => {
  expect(devicesFor('topic/x')).toEqual({ a: 'device-a', b: 'device-b', longer: 'device-a0' });
  expect(devicesFor('topic/device-7, topic/device1-7')).toEqual({
    a: 'device2-a',
    b: 'device2-b',
    longer: 'device2-a0',
  });
});

test('a device has its identity to itself, and the places it connects from and to in common with others', () => {
  const { conditionKeys } = connection(devicesFor(''), 'other', true, NOTHING).props;
  expect(conditionKeys).toEqual({
    'cognito-identity.amazonaws.com:sub': ['device-a'],
    'aws:SourceIp': [SHARED],
    'aws:SourceVpc': [SHARED],
    'aws:SourceVpce': [SHARED],
    'aws:VpcSourceIp': [SHARED],
    'iot:DomainName': [SHARED],
  });
});

test('what is asked the same is one connection, and what differs in anything is another', () => {
  const of = (text: string, id: string, exclusive: boolean, asked: Asked) =>
    connection(devicesFor(text), id, exclusive, asked);
  const questions = [
    () => of('', 'x', true, NOTHING),
    () => of('device-', 'x', true, NOTHING),
    () => of('', 'y', true, NOTHING),
    () => of('', 'x', false, NOTHING),
    () => of('', 'x', true, { attributes: ['site'], certificate: false }),
    () => of('', 'x', true, { attributes: [], certificate: true }),
  ];
  const answers = questions.map((ask) => ask());
  expect(new Set(answers).size).toBe(questions.length);
  expect(questions.map((ask) => ask())).toEqual(answers);
  expect(questions[0]!()).toBe(answers[0]);
});
