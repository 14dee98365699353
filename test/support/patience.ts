import { type Confidence, type FleetLearner } from '../../bin/cli/tune/fleet-learner';
import { hourOf } from '../../lambda/evaluate-behaviors/hours';
import { boundOf, learn } from '../../lambda/evaluate-behaviors/learn';

/** The largest count that a device can have next without being outside its normal: what a patient attacker sends. */
export function mostUnseen(
  { known, prior }: FleetLearner,
  device: string,
  seconds: number,
  confidence: Confidence,
): number | undefined {
  const bound = boundOf(prior, confidence);
  const { distance, valueAt } = learn(1e9, 'count', hourOf(seconds), known.get(device), prior);
  return bound === undefined || distance === undefined ? undefined : valueAt(bound - 1e-6);
}
