import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { FleetFile } from '../../bin/fleet-file';
import { buildFleet } from '../../bin/reference-app';
import { testApp } from './app';
import { ROOT } from './sources';

export interface TemplateJson {
  readonly Resources: Record<string, ResourceJson>;
  readonly Outputs?: Record<string, unknown>;
}

export interface ResourceJson {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly DependsOn?: string | string[];
  readonly DeletionPolicy?: string;
}

/** The reference app, synthesized from the fleet.json of this repository, without cdk-nag (one spec runs it). */
export function referenceApp(context: Record<string, unknown> = {}): { readonly app: App; readonly assembly: CloudAssembly } {
  const app = testApp(context);
  buildFleet(app, FleetFile.read(join(ROOT, 'fleet.json')), { checks: false });
  return { app, assembly: app.synth() };
}

export function templatesOf(assembly: CloudAssembly): { readonly stack: string; readonly template: TemplateJson }[] {
  return assembly.stacks.map((artifact) => ({ stack: artifact.stackName, template: artifact.template as TemplateJson }));
}

