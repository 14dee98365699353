// Writes lib/internal/surface.ts: what kind of value each public property and parameter of the library takes, read from its types, so
// that callers without types are told what they got wrong. Run by `npm run docs`; CI fails when the file is stale.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '..');
const entry = join(root, 'lib/index.ts');
/** As many tell a class from others. */
const MOST_MEMBERS = 3;
/** Asked a million times a second, with values that its own factories make. */
const HOT = /\/policy\/evaluator\//;

const config = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile.bind(ts.sys)) as { config: object };
const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
const program = ts.createProgram([entry], options);
const checker = program.getTypeChecker();

const structs = new Map<string, Record<string, string>>();
const classes = new Map<string, { members: string[]; such?: string }>();
const calls: Record<string, Record<string, Record<string, string>>> = {};

function declarationOf(symbol: ts.Symbol): ts.Declaration | undefined {
  return symbol.declarations?.[0];
}

function fileOf(symbol: ts.Symbol): string {
  return declarationOf(symbol)?.getSourceFile().fileName ?? '';
}

function isHidden(symbol: ts.Symbol): boolean {
  const declaration = declarationOf(symbol);
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return declaration !== undefined && (ts.getCombinedModifierFlags(declaration) & hidden) !== 0;
}

/** The kind of a value, in the words of lib/internal/kinds.ts. */
function kindOf(given: ts.Type, optional: boolean): string {
  const type = checker.getNonNullableType(given);
  const may = optional || type !== given ? '?' : '';
  return may + bareKind(type);
}

function bareKind(type: ts.Type): string {
  const all = (flag: ts.TypeFlags) => (type.isUnion() ? type.types : [type]).every((each) => (each.flags & flag) !== 0);
  if (all(ts.TypeFlags.StringLike)) return all(ts.TypeFlags.EnumLiteral) ? `text ${enumOf(type)}` : 'text';
  if (all(ts.TypeFlags.NumberLike)) return 'number';
  if (all(ts.TypeFlags.BooleanLike)) return 'flag';
  if (type.isUnion() || !(type.flags & ts.TypeFlags.Object)) return 'any';
  if (checker.isArrayType(type) || checker.isTupleType(type)) {
    const [item] = checker.getTypeArguments(type as ts.TypeReference);
    return `list ${item === undefined ? 'any' : bareKind(item)}`;
  }
  if (type.getCallSignatures().length > 0) return 'any';
  const values = type.getStringIndexType();
  if (values !== undefined) return `map ${bareKind(values)}`;
  return objectKind(type);
}

/** The enum that a text is one of. The declaration of a member is inside of its enum's. */
function enumOf(type: ts.Type): string {
  const member = (type.isUnion() ? type.types[0] : type)?.getSymbol();
  const declaration = member && declarationOf(member);
  return declaration !== undefined && ts.isEnumMember(declaration) ? declaration.parent.name.text : 'text';
}

function objectKind(type: ts.Type): string {
  const symbol = type.getSymbol();
  const declaration = symbol && declarationOf(symbol);
  if (symbol === undefined || declaration === undefined) return 'any';
  const { name } = symbol;
  const ours = fileOf(symbol).startsWith(join(root, 'lib/'));
  if (ours && ts.isInterfaceDeclaration(declaration) && !/^I[A-Z]/.test(name)) {
    addStruct(name, type);
    return `struct ${name}`;
  }
  const members = membersOf(type, name);
  // Structs of others are theirs to check, and those of this file's neighbors are internal.
  if (members.length === 0 || (!ours && !/^I[A-Z]|^Cfn|^Construct$|^Duration$/.test(name))) return 'any';
  classes.set(name, { members, such: ours ? factoryOf(symbol) : undefined });
  return `class ${name}`;
}

function addStruct(name: string, type: ts.Type): void {
  if (structs.has(name) || name.startsWith('_')) return;
  const fields: Record<string, string> = {};
  structs.set(name, fields);
  for (const property of type.getProperties()) {
    const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    fields[property.name] = kindOf(checker.getTypeOfSymbol(property), optional);
  }
}

/** What an object of a class or interface has and others have not: of those of others the one that tells them apart. */
function membersOf(type: ts.Type, name: string): string[] {
  if (name === 'Duration') return ['toSeconds'];
  if (/Construct$/.test(name)) return ['node'];
  const names = type
    .getProperties()
    .filter((property) => !isHidden(property) && !(property.flags & ts.SymbolFlags.Optional))
    .map((property) => property.name)
    .filter((each) => !['node', 'env', 'stack', 'with', 'toString'].includes(each));
  const reference = names.find((each) => /Ref$/.test(each));
  return reference === undefined ? names.slice(0, MOST_MEMBERS) : [reference];
}

/** A way to make an object of a class. */
function factoryOf(symbol: ts.Symbol): string | undefined {
  const statics = [...(symbol.exports?.values() ?? [])].filter(
    (each) => !/^(_|prototype$)/.test(each.name) && !isHidden(each),
  );
  for (const each of statics) {
    const type = checker.getTypeOfSymbol(each);
    const made = type.getCallSignatures()[0]?.getReturnType() ?? type;
    if (made.getSymbol() === symbol)
      return `${symbol.name}.${each.name}${type.getCallSignatures().length > 0 ? '()' : ''}`;
  }
  return undefined;
}

function parametersOf(signature: ts.Signature, place: ts.Node): Record<string, string> {
  return Object.fromEntries(
    signature.parameters.map((parameter) => {
      const declaration = parameter.valueDeclaration as ts.ParameterDeclaration;
      const type = checker.getTypeOfSymbolAtLocation(parameter, place);
      if (declaration.dotDotDotToken !== undefined)
        return [parameter.name, `rest ${bareKind(type).slice('list '.length)}`];
      return [parameter.name, kindOf(type, checker.isOptionalParameter(declaration))];
    }),
  );
}

function addMethods(name: string, members: readonly ts.Symbol[], place: ts.Declaration): void {
  for (const member of members) {
    if (!(member.flags & ts.SymbolFlags.Method) || member.name.startsWith('_') || isHidden(member)) continue;
    const [signature] = checker.getTypeOfSymbol(member).getCallSignatures();
    const declaration = declarationOf(member);
    // Whatever can be given to a question whether it is something.
    if (signature === undefined || declaration === undefined || /^is[A-Z]/.test(member.name)) continue;
    if (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Abstract) continue;
    const parameters = parametersOf(signature, place);
    if (Object.keys(parameters).length > 0) (calls[name] ??= {})[member.name] = parameters;
  }
}

function addClass(symbol: ts.Symbol, declaration: ts.ClassDeclaration): void {
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  // Also of classes that nobody is given one of yet.
  bareKind(type);
  const [built] = checker.getTypeOfSymbol(symbol).getConstructSignatures();
  const last = built?.parameters.at(-1);
  const isPublic = !declaration.members.filter(ts.isConstructorDeclaration).some((each) => each.modifiers?.length);
  if (isPublic && last?.name === 'props') bareKind(checker.getTypeOfSymbolAtLocation(last, declaration));
  if (HOT.test(fileOf(symbol))) return;
  addMethods(symbol.name, [...(symbol.exports?.values() ?? [])], declaration);
  addMethods(`${symbol.name}#`, [...(symbol.members?.values() ?? [])], declaration);
}

const source = program.getSourceFile(entry);
const moduleSymbol = source && checker.getSymbolAtLocation(source);
if (moduleSymbol === undefined) throw new Error(`${entry} exports nothing`);
for (const exported of checker.getExportsOfModule(moduleSymbol)) {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const declaration = declarationOf(symbol);
  if (declaration === undefined) continue;
  if (ts.isClassDeclaration(declaration)) addClass(symbol, declaration);
  // Options of methods that are abstract, which those who implement them check.
  else if (ts.isInterfaceDeclaration(declaration)) bareKind(checker.getDeclaredTypeOfSymbol(symbol));
}

function table(name: string, type: string, entries: object): string {
  const sorted = Object.entries(entries).sort(([one], [other]) => (one < other ? -1 : 1));
  const lines = sorted.map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},`);
  return `export const ${name}: ${type} = {\n${lines.join('\n')}\n};\n`;
}

writeFileSync(
  join(root, 'lib/internal/surface.ts'),
  `// Generated by scripts/surface.ts from the public types of the library.
import type { Classes, Kinds } from './kinds';

/** The properties of each struct. */
${table('STRUCTS', 'Readonly<Record<string, Kinds>>', Object.fromEntries(structs))}
/** What an object of a class or interface has, and how one is made. */
${table('CLASSES', 'Classes', Object.fromEntries(classes))}
/** The parameters of each method; those of objects under the name of their class and '#'. */
${table('CALLS', 'Readonly<Record<string, Readonly<Record<string, Kinds>>>>', calls)}`,
);
