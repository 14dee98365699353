import { InputErrors } from '../internal/input-errors';

const MAX_RELEASES = 100;

/** Bounds of a release without a person. */
export interface AutomaticReleaseOptions {
  /**
   * How many times a device is released without a person; from the next incident on one decides: 1 to 100. A device that is
   * isolated again and again is not well, whatever its job says.
   *
   * @default 3
   */
  readonly mostReleases?: number;
}

/**
 * Who decides that a device which has proved its health gets its rights back.
 *
 * @example
 * ReleaseApproval.automatic({ mostReleases: 1 });
 */
export class ReleaseApproval {
  /**
   * A person, who is told when the proof is complete. A device says of itself that its job succeeded, and one that is in
   * somebody else's hands says so, too.
   */
  public static byPerson(): ReleaseApproval {
    return new ReleaseApproval(0);
  }

  /**
   * Nobody: the proof is enough.
   *
   * @param options How often
   */
  public static automatic(options: AutomaticReleaseOptions = {}): ReleaseApproval {
    const errors = new InputErrors();
    errors.number('mostReleases', options.mostReleases, { min: 1, max: MAX_RELEASES, code: 'HealthProofInvalid' });
    errors.throwIfAny();
    return new ReleaseApproval(options.mostReleases ?? 3);
  }

  private constructor(
    /** @internal */
    public readonly _mostReleases: number,
  ) {}
}
