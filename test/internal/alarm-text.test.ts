import { alarmText } from '../../lib/internal/alarm-text';

test('says what is wrong, and where it stands what to do, with one full stop each', () => {
  const expected = 'Signals wait. What to do: docs/runbook.md of cdk-iot-zero-trust, SignalsLate.';
  for (const what of ['Signals wait', 'Signals wait.']) expect(alarmText(what, 'SignalsLate')).toBe(expected);
  expect(alarmText('Late', 'X', 'detection.md')).toContain('docs/detection.md of cdk-iot-zero-trust, X.');
});
