import type { Construct } from 'constructs';
import { checkProps } from '../../internal/guard';
import { DetectionEngine, type WatchOptions } from '../detection-engine';
import type { Detector } from '../detector';
import { StreamDetector } from './stream-detector';
import type { StreamOptions } from './stream-options';

/** Compiles behaviors to a pipeline of managed services that every account can deploy. */
export class StreamEngine extends DetectionEngine {
  public readonly engineName = 'stream';

  constructor(private readonly options: StreamOptions) {
    super();
  }

  public watch(scope: Construct, id: string, options: WatchOptions): Detector {
    checkProps(scope, 'WatchOptions', options);
    return new StreamDetector(scope, id, options, this.options);
  }
}
