import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

const folders: string[] = [];

// Where each resource was made is read by nobody here, and it is most of what making a resource takes; nor is the tree of constructs.
const CONTEXT = { 'aws:cdk:disable-asset-staging': true, 'aws:cdk:disable-creation-stack-traces': true };

/** An app whose assembly lies in a temp folder that is removed after the test file. */
export function testApp(context: Record<string, unknown> = {}): App {
  const outdir = mkdtempSync(join(tmpdir(), 'zero-trust-iot-test-'));
  folders.push(outdir);
  return new App({ outdir, analyticsReporting: false, treeMetadata: false, context: { ...CONTEXT, ...context } });
}

export function testStack(props: StackProps = {}, id = 'Test'): Stack {
  return new Stack(testApp(), id, props);
}

export function templateOf(stack: Stack): Template {
  return Template.fromStack(stack);
}

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
