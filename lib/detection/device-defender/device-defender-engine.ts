import type { Construct } from 'constructs';
import { checkProps } from '../../internal/guard';
import type { DeviceDefenderOptions } from '../detection';
import { DetectionEngine, type WatchOptions } from '../detection-engine';
import type { Detector } from '../detector';
import { DeviceDefenderDetector } from './device-defender-detector';

/** Compiles behaviors to security profiles of Device Defender Detect. */
export class DeviceDefenderEngine extends DetectionEngine {
  public readonly engineName = 'device-defender';

  constructor(private readonly options: DeviceDefenderOptions) {
    super();
  }

  public watch(scope: Construct, id: string, options: WatchOptions): Detector {
    checkProps(scope, 'WatchOptions', options);
    return new DeviceDefenderDetector(scope, id, options, this.options);
  }
}
