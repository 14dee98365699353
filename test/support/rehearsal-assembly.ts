import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface RawTemplate {
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
  [section: string]: unknown;
}

const folders: string[] = [];

export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-test-'));
  folders.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** The same assembly with something changed in a template. Assets stay where they are. */
export function altered(assembly: string, stack: string, change: (template: RawTemplate) => void): string {
  const folder = tempFolder();
  for (const name of readdirSync(assembly))
    if (name.endsWith('.json')) cpSync(join(assembly, name), join(folder, name));
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.assets.json'))) {
    const manifest = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
      files: Record<string, { source: { path: string } }>;
    };
    for (const { source } of Object.values(manifest.files)) source.path = resolve(assembly, source.path);
    writeFileSync(join(folder, name), JSON.stringify(manifest));
  }
  const path = join(folder, `${stack}.template.json`);
  const template = JSON.parse(readFileSync(path, 'utf8')) as RawTemplate;
  change(template);
  writeFileSync(path, JSON.stringify(template));
  return folder;
}

/** A cloud assembly of templates that are written by hand. */
export function assemblyOf(
  templates: Readonly<Record<string, object>>,
  options: {
    readonly files?: Readonly<Record<string, string>>;
    readonly dependencies?: Readonly<Record<string, readonly string[]>>;
    /** By stack, such as `aws://123456789012/eu-west-1`; open where it is not said. */
    readonly environments?: Readonly<Record<string, string>>;
  } = {},
): string {
  const folder = tempFolder();
  const stacks = Object.entries(templates).map(([name, template]) => {
    writeFileSync(join(folder, `${name}.template.json`), JSON.stringify(template));
    const dependencies = options.dependencies?.[name] ?? [];
    return [
      name,
      {
        type: 'aws:cloudformation:stack',
        environment: options.environments?.[name],
        properties: { templateFile: `${name}.template.json` },
        dependencies,
      },
    ] as const;
  });
  const files = Object.entries(options.files ?? {}).map(([key, content]) => {
    mkdirSync(join(folder, 'assets'), { recursive: true });
    writeFileSync(join(folder, 'assets', key), content);
    return [
      key,
      {
        source: { path: `assets/${key}`, packaging: 'file' },
        destinations: { here: { bucketName: 'assets', objectKey: key } },
      },
    ] as const;
  });
  writeFileSync(join(folder, 'all.assets.json'), JSON.stringify({ files: Object.fromEntries(files) }));
  const assets = ['all.assets', { type: 'cdk:asset-manifest', properties: { file: 'all.assets.json' } }] as const;
  writeFileSync(
    join(folder, 'manifest.json'),
    JSON.stringify({ version: '36.0.0', artifacts: Object.fromEntries([assets, ...stacks]) }),
  );
  return folder;
}
