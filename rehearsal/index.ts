/**
 * The rehearsal as a test library: `import { rehearse } from 'cdk-iot-zero-trust/rehearsal'`. What it needs (broker, client,
 * YAML) is inside the package's bundle.
 */
export { Actor, ExpectationFailed, type Probe } from './actor';
export { type RehearseCommand, runRehearsal } from './command';
export type { ConnectOptions, Device, JobExecution } from './devices/device';
export type { Identity } from './devices/enrollment';
export type { ReceivedMessage } from './devices/mqtt-session';
export type { EnrollmentFacts } from './facts';
export type {
  AuditCheckRun,
  AuditEvent,
  CallEvent,
  Cloud,
  ConnectionEvent,
  Decision,
  DecisionEvent,
  DecidingStatement,
  DeployedResource,
  DisconnectReason,
  FaultEvent,
  FunctionEvent,
  Gap,
  GapEvent,
  IncidentEvent,
  MessageEvent,
  Party,
  RehearsalEvent,
} from './ports';
export { type Findings, type Order, Rehearsal } from './rehearsal';
export { htmlReport } from './report/html';
export type { RunRecord } from './report/record';
export { rehearse, type RehearseOptions } from './rehearse';
export { type StepResult, type StoryResult, play } from './scenarios/run';
export { defineStory, type Scene, type ScriptedStory } from './scenarios/script';
export { readStory, type Story, StoryError } from './scenarios/story';
