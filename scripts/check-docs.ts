// Compiles every block of TypeScript and JavaScript in README and docs as a user would write it: below imports of all that the library
// and the CDK offer, inside a stack; a block with imports of its own stands as it is. Usage: tsx scripts/check-docs.ts [files]
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as ts from 'typescript';

const root = join(__dirname, '..');
const MODULES = ['dynamodb', 'iam', 'iot', 'kms', 'lambda', 'logs', 's3', 'sns'];

interface Block {
  /** File and line of its first line of code. */
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

function pages(): string[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  return ['README.md', ...docs.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)].sort();
}

function blocksOf(file: string): Block[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^```(?:ts|typescript|js|javascript)\b[^\n]*\n([^]*?)^```/gm)].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length + 1,
    code: match[1] ?? '',
  }));
}

/** All that a block without imports may name: what the library exports, what of the CDK such apps use, and a construct. */
function preamble(program: ts.Program): string {
  const checker = program.getTypeChecker();
  const index = program.getSourceFile(join(root, 'lib/index.ts'));
  const symbol = index && checker.getSymbolAtLocation(index);
  if (symbol === undefined) throw new Error('lib/index.ts exports nothing');
  const names = checker.getExportsOfModule(symbol).map((exported) => exported.name);
  const modules = MODULES.map((name) => `aws_${name} as ${name}`).join(', ');
  return [
    `import { App, Aws, Duration, Fn, RemovalPolicy, Stack, Validations, ${modules} } from 'aws-cdk-lib';`,
    "import { Construct } from 'constructs';",
    "import { readFileSync } from 'node:fs';",
    `import { ${names.join(', ')} } from 'cdk-iot-zero-trust';`,
    'declare const construct: Construct; declare const policy: iot.CfnPolicy;',
    'class Fixture extends Stack { constructor(scope: Construct, id: string) { super(scope, id);',
    '',
  ].join('\n');
}

function main(files: readonly string[]): number {
  const blocks = files.flatMap(blocksOf);
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => readFileSync(path, 'utf8')).config as object;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  // Inside the project, so that the blocks find its packages.
  const folder = mkdtempSync(join(root, 'node_modules/.check-docs-'));
  try {
    const all: ts.CompilerOptions = {
      ...options,
      incremental: false,
      noUnusedLocals: false,
      noUnusedParameters: false,
      paths: {
        'cdk-iot-zero-trust': [join(root, 'lib/index.ts')],
        'cdk-iot-zero-trust/rehearsal': [join(root, 'rehearsal/index.ts')],
        'cdk-iot-zero-trust/cdk-nag': [join(root, 'lib/compliance/cdk-nag.ts')],
      },
    };
    delete all.tsBuildInfoFile;
    const library = ts.createProgram([join(root, 'lib/index.ts')], all);
    const before = preamble(library);
    const places = new Map<string, { readonly block: Block; readonly shift: number }>();
    for (const [i, block] of blocks.entries()) {
      const own = /^import /m.test(block.code);
      const path = join(folder, `block${i}.mts`);
      writeFileSync(path, own ? `${block.code}\nexport {};\n` : `${before}${block.code}}}\n`);
      places.set(path, { block, shift: own ? 0 : before.split('\n').length - 1 });
    }
    const program = ts.createProgram([...places.keys()], all, undefined, library);
    const problems = [...places].flatMap(([path, { block, shift }]) => {
      const source = program.getSourceFile(path);
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map((problem) => {
        const { line } = ts.getLineAndCharacterOfPosition(source as ts.SourceFile, problem.start ?? 0);
        return `${block.file}:${block.line + line - shift}: ${ts.flattenDiagnosticMessageText(problem.messageText, ' ')}`;
      });
    });
    for (const problem of problems) process.stderr.write(`${problem}\n`);
    const pagesWith = new Set(blocks.map((block) => relative(root, join(root, block.file)))).size;
    process.stdout.write(`${blocks.length} blocks of ${pagesWith} pages compiled, ${problems.length} problems\n`);
    return problems.length > 0 || blocks.length === 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = main(process.argv.length > 2 ? process.argv.slice(2) : pages());
