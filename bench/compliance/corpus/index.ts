import { EVASIONS } from './evasions';
import { GUIDES } from './guide';
import { OURS } from './ours';
import type { Sample } from './sample';
import { SAMPLES } from './samples';

export type { Sample } from './sample';

/** Everything that the rules are measured on, by where it comes from. */
export const CORPORA: { readonly [name: string]: readonly Sample[] } = {
  'developer guides of AWS': GUIDES,
  'public samples and constructs, rebuilt': SAMPLES,
  'examples of this library': OURS,
  'evasions and look-alikes': EVASIONS,
};

export const CORPUS: readonly Sample[] = Object.values(CORPORA).flat();
