import { accessDiff } from '../../lib/compliance/access/diff';
import { diffMarkdown, matrixMarkdown } from '../../lib/compliance/access/markdown';
import { accessMatrix } from '../../lib/compliance/access/matrix';
import { diffText, matrixText } from '../../lib/compliance/access/text';
import { Model } from '../../lib/compliance/model/model';
import { readArguments } from './arguments';
import { Exit, type Terminal, UsageError } from './exit';
import { readPaths } from './read-paths';

export const ACCESS_USAGE = `zero-trust-iot access PATH [--against BEFORE] [--format text|markdown|json] [--json]

Who may do what, by the AWS IoT policies of an assembly, a template or a folder of templates: members of each group, the same
under another client id, isolated devices, claim certificates, certificates with policies of their own.
With --against: what changed since BEFORE, by what is allowed and not by how it is written. Exit code: 0 nobody may do more,
1 somebody may, 2 it cannot be told, or could not run.`;

const OPTIONS = {
  against: {},
  format: { values: ['text', 'markdown', 'json'], fallback: 'text' },
  json: { flag: true },
};

/** Shows the access matrix, or how it changed. */
export function runAccess(argv: readonly string[], terminal: Terminal): Exit {
  const args = readArguments(argv, OPTIONS);
  const [path, ...rest] = args.operands;
  if (path === undefined || rest.length > 0) throw new UsageError('name one assembly, template or folder');
  const format = args.has('json') ? 'json' : (args.text('format') ?? 'text');
  const against = args.text('against');
  const now = modelOf(path);
  if (against === undefined) {
    const matrix = accessMatrix(now);
    if (format === 'json') terminal.out(`${JSON.stringify(matrix, null, 2)}\n`);
    else
      terminal.out(
        format === 'text'
          ? matrixText(matrix)
          : `# Who may do what\n\n${matrixMarkdown(matrix).join('\n').trimEnd()}\n`,
      );
    return Exit.OK;
  }
  const diff = accessDiff(modelOf(against), now);
  if (format === 'json') terminal.out(`${JSON.stringify(diff, null, 2)}\n`);
  else terminal.out(format === 'text' ? diffText(diff) : diffMarkdown(diff));
  if (diff.widens.length > 0) return Exit.NO;
  return diff.unknown.length > 0 ? Exit.FAILED : Exit.OK;
}

function modelOf(path: string): Model {
  const { files, failures } = readPaths([path]);
  const [failure] = failures;
  if (failure !== undefined) throw new Error(`${failure.path} ${failure.message}`);
  return new Model(files);
}
