import { tunnelLabel } from '../../../../lambda/shared/incident/tunnel-label';

test('a label says of which device and episode a tunnel is, and is the beginning of no other', () => {
  const label = tunnelLabel('thing:pump-7', 1);
  expect(label).toContain('thing:pump-7');
  for (const other of [
    tunnelLabel('thing:pump-7', 10),
    tunnelLabel('thing:pump-70', 1),
    tunnelLabel('thing:pump', 1),
  ]) {
    expect(other.startsWith(label)).toBe(false);
    expect(label.startsWith(other)).toBe(false);
  }
});
