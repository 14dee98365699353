import { CATALOG } from '../../../lib/compliance/rules/catalog';
import { BUDGET_MS, HOSTILE, millisecondsFor, placesOf } from '../support/hostile';

// All pieces at all places are tried by bench/compliance.
test.each(CATALOG)('$id takes a megabyte in its stride', (rule) => {
  const places = placesOf(rule);
  HOSTILE.forEach((piece, index) => {
    // Half of them for each rule, the other half for the next one.
    if ((index + CATALOG.indexOf(rule)) % 2 === 0) return;
    // Each piece at another place; all places come round over the pieces and the rules.
    const place = (index * 7 + rule.id.length * 3) % places;
    const slow = millisecondsFor(rule, piece, place) >= BUDGET_MS;
    expect({ piece, place, slow }).toEqual({ piece, place, slow: false });
  });
});
