#!/usr/bin/env node
// The app that the CDK CLI runs (cdk.json). The fleet is fleet.json, or another file: npx cdk deploy -c fleet=my.json
import { App } from 'aws-cdk-lib';
import { FleetFile, FleetFileError } from './fleet-file';
import { buildFleet, parseFleet, synthesizeFleet } from './reference-app';

const app = new App();
try {
  const parsed = parseFleet(FleetFile.read(String(app.node.tryGetContext('fleet') ?? 'fleet.json')));
  buildFleet(app, parsed);
  synthesizeFleet(app, parsed);
} catch (error) {
  if (!(error instanceof FleetFileError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
