// Writes a program that makes the very resources of a synthesized stack with plain L1 classes, and proves that it does:
// node write-plain.cjs ASSEMBLY STACK PROGRAM
process.env.CDK_VALIDATION = 'false';
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const cdk = require('aws-cdk-lib');

const [assembly, stackName, program] = process.argv.slice(2);
const template = JSON.parse(readFileSync(join(assembly, `${stackName}.template.json`), 'utf8'));
const assets = JSON.parse(readFileSync(join(assembly, `${stackName}.assets.json`), 'utf8')).files;

/** KMSMasterKeyId -> kmsMasterKeyId */
const camel = (name) => name.replace(/^([A-Z]+)(?=[A-Z][a-z])|^[A-Z]+$|^[A-Z]/, (head) => head.toLowerCase());

function classOf(type) {
  const [, service, name] = type.split('::');
  const module = `aws-cdk-lib/aws-${service.toLowerCase()}`;
  const className = `Cfn${name}`;
  if (require(module)[className].CFN_RESOURCE_TYPE_NAME !== type) throw new Error(`no L1 for ${type}`);
  return { module, className };
}

/** A template value as the code of an L1's property: references become tokens, as a person would write them. */
function code(value, rename) {
  if (Array.isArray(value)) return `[${value.map((item) => code(item, rename)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const [key] = Object.keys(value);
  if (Object.keys(value).length === 1) {
    if (key === 'Ref') return `Fn.ref(${JSON.stringify(value.Ref)})`;
    if (key === 'Fn::GetAtt')
      return `Fn.getAtt(${value[key].map((part) => JSON.stringify(part)).join(', ')}).toString()`;
    if (key === 'Fn::Join') return `Fn.join(${JSON.stringify(value[key][0])}, ${code(value[key][1], rename)})`;
    if (key === 'Fn::Sub')
      return `Fn.sub(${[]
        .concat(value[key])
        .map((part) => code(part, rename))
        .join(', ')})`;
    if (key === 'Fn::Select') return `Fn.select(${value[key][0]}, ${code(value[key][1], rename)})`;
    if (key === 'Fn::Split') return `Fn.split(${JSON.stringify(value[key][0])}, ${code(value[key][1], rename)})`;
  }
  return `{ ${Object.entries(value)
    .map(([name, inner]) => `${JSON.stringify(rename ? camel(name) : name)}: ${code(inner, rename)}`)
    .join(', ')} }`;
}

const evaluate = (text) => new Function('Fn', `return ${text}`)(cdk.Fn);
const sorted = (value) =>
  JSON.stringify(value, (_, inner) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort())
      : inner,
  );

const scratch = new cdk.Stack(
  new cdk.App({ outdir: join(assembly, '.scratch'), analyticsReporting: false }),
  'Scratch',
);
let counter = 0;

/** The way of writing one property that renders to what the template says; undefined if only an override does. */
function propertyCode(L1, required, name, value) {
  for (const rename of [true, false]) {
    const text = code(value, rename);
    try {
      const resource = new L1(scratch, `R${(counter += 1)}`, { ...required, [camel(name)]: evaluate(text) });
      const rendered = scratch.resolve(resource._toCloudFormation()).Resources[`R${counter}`].Properties ?? {};
      if (sorted(rendered[name]) === sorted(value)) return `${camel(name)}: ${text}`;
    } catch {
      // Not this way: the class refuses the shape.
    }
  }
  return undefined;
}

const lines = [];
let overrides = 0;
for (const [
  id,
  {
    Type: type,
    Properties: properties = {},
    DependsOn: after = [],
    DeletionPolicy: kept,
    UpdateReplacePolicy: replaced,
  },
] of Object.entries(template.Resources)) {
  const name = `r[${JSON.stringify(id)}]`;
  if (type.startsWith('Custom::')) {
    lines.push(
      `${name} = new CfnResource(stack, ${JSON.stringify(id)}, { type: ${JSON.stringify(type)}, properties: ${code(properties, false)} });`,
    );
  } else {
    const { module, className } = classOf(type);
    const L1 = require(module)[className];
    const required = Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [camel(key), evaluate(code(value, true))]),
    );
    const written = Object.entries(properties).map(([key, value]) => [key, propertyCode(L1, required, key, value)]);
    lines.push(
      `${name} = new (require(${JSON.stringify(module)}).${className})(stack, ${JSON.stringify(id)}, { ${written
        .map(([, text]) => text)
        .filter(Boolean)
        .join(', ')} });`,
    );
    for (const [key, text] of written) {
      if (text !== undefined) continue;
      overrides += 1;
      lines.push(`${name}.addPropertyOverride(${JSON.stringify(key)}, ${code(properties[key], false)});`);
    }
  }
  if (kept !== undefined) lines.push(`${name}.cfnOptions.deletionPolicy = ${JSON.stringify(kept)};`);
  if (replaced !== undefined) lines.push(`${name}.cfnOptions.updateReplacePolicy = ${JSON.stringify(replaced)};`);
  for (const other of [].concat(after))
    lines.push(`later.push(() => ${name}.node.addDependency(r[${JSON.stringify(other)}]));`);
}

for (const [index, [hash, { source }]] of Object.entries(assets).entries()) {
  if (source.path.endsWith('.template.json')) continue;
  lines.push(
    `{ const staged = new AssetStaging(stack, 'Asset${index}', { sourcePath: ${JSON.stringify(join(assembly, source.path))}, assetHash: ${JSON.stringify(hash)}, assetHashType: 'custom' });`,
    `stack.synthesizer.addFileAsset({ fileName: staged.relativeStagedPath(stack), packaging: ${JSON.stringify(source.packaging)}, sourceHash: staged.assetHash }); }`,
  );
}

writeFileSync(
  program,
  `process.env.CDK_VALIDATION = 'false';
const { App, AssetStaging, CfnResource, Fn, Stack } = require('aws-cdk-lib');
const [outdir] = process.argv.slice(2);
const app = new App({ outdir, analyticsReporting: false });
const stack = new Stack(app, ${JSON.stringify(stackName)});
const r = {}, later = [];
${lines.join('\n')}
for (const add of later) add();
app.synth();
require(${JSON.stringify(join(__dirname, 'report.cjs'))});
`,
);
process.stdout.write(JSON.stringify({ resources: Object.keys(template.Resources).length, overrides }));
