/**
 * Resource types that a rehearsal knows but does not act out: they are created as names, and this is what a reader must know.
 */
export const NAMES_ONLY: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Dashboard': 'there is nothing to look at',
  'AWS::Logs::LogGroup':
    'AWS IoT writes to it, and metrics are read from what functions log; their lines themselves are kept with them, and expire with the rehearsal',
  'AWS::CDK::Metadata': 'it does nothing',
};

/** Types of which `NAMES_ONLY` tells a limit, but which providers do create. */
export const UNKNOWN_TYPE = 'it was not created; whatever refers to it got a made-up name';
