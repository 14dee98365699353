import type { Gap, RehearsalEvent } from '../ports';
import type { StoryResult } from '../scenarios/run';

/** All that a run leaves behind: what machines read, and what the report is made of. */
export interface RunRecord {
  readonly tool: { readonly name: string; readonly version: string };
  readonly assembly: string;
  readonly seed: string;
  readonly green: boolean;
  /** Milliseconds by the wall clock. */
  readonly tookMs: number;
  readonly stories: readonly (StoryResult & {
    readonly file: string;
    readonly events: readonly RehearsalEvent[];
    /** What the assembly has that is not modelled. */
    readonly gaps: readonly Gap[];
  })[];
}
