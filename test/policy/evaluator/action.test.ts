import { ActionPatterns, isHttpsAction, spellings } from '../../../lib/policy/evaluator/action';

test.each([
  [['iot:Publish'], 'iot:publish', true],
  [['IOT:PUBLISH'], 'iot:publish', true],
  [['iot:*'], 'iot:publish', true],
  [['*'], 'iot:publish', true],
  [['iot:Pub*'], 'iot:publish', true],
  [['iot:?ublish'], 'iot:publish', true],
  [['iot:*Publish'], 'iot:retainpublish', true],
  [['iot:Publish'], 'iot:retainpublish', false],
  [['iot:Connect', 'iot:Publish'], 'iot:publish', true],
  [['greengrass:*'], 'iot:publish', false],
  [['iotjobsdata:UpdateJobExecution'], 'iot:updatejobexecution', true],
  [['iot:UpdateJobExecution'], 'iotjobsdata:updatejobexecution', true],
  [['iot:DescribeJobExecution'], 'iotjobsdata:describejobexecution', true],
  [['iot:GetPendingJobExecutions'], 'iotjobsdata:getpendingjobexecutions', true],
  [['iot:StartNextPendingJobExecution'], 'iotjobsdata:startnextpendingjobexecution', true],
  [['iotjobsdata:*'], 'iot:updatejobexecution', true],
  [['iotjobsdata:*'], 'iot:publish', false],
  [['iotjobsdata:UpdateJobExecution'], 'iot:describejobexecution', false],
])('%p covers %p: %p', (patterns, action, expected) => {
  expect(new ActionPatterns(patterns, false).cover(action)).toBe(expected);
  expect(new ActionPatterns(patterns, true).cover(action)).toBe(!expected);
});

test('job actions have two spellings, others one', () => {
  expect(spellings('iotjobsdata:updatejobexecution')).toEqual([
    'iot:updatejobexecution',
    'iotjobsdata:updatejobexecution',
  ]);
  expect(spellings('iot:publish')).toEqual(['iot:publish']);
});

test.each([
  ['iot:assumerolewithcertificate', true],
  ['iot:getthingshadow', true],
  ['iot:updatethingshadow', true],
  ['iot:deletethingshadow', true],
  ['iot:listnamedshadowsforthing', true],
  ['iot:getretainedmessage', true],
  ['iot:listretainedmessages', true],
  ['iot:deleteconnection', true],
  ['iot:getconnection', true],
  ['iot:listsubscriptions', true],
  ['iot:senddirectmessage', true],
  ['iot:updatejobexecution', true],
  ['iotjobsdata:describejobexecution', true],
  ['greengrass:discover', true],
  ['greengrass:getdeploymentconfiguration', true],
  ['iot:publish', false],
  ['greengrassed:discover', false],
  ['iot:connect', false],
  ['iot:retainpublish', false],
])('%s comes over HTTPS: %p', (action, expected) => {
  expect(isHttpsAction(action)).toBe(expected);
});
