import { readFileSync } from 'node:fs';
import { Token } from 'aws-cdk-lib';
import { ConfigurationError } from '../internal/configuration-error';
import { quote } from '../internal/quote';
import { type SerialList, serialsOfItems, serialsOfText } from './serial-list';

/**
 * The serial numbers of the devices that may enroll.
 *
 * The list is data: it travels as a file beside the template and is imported into a table, so that the template has the same
 * resources for ten devices and for a million. A changed list updates the table in place: what is new is added, what is gone
 * may no longer enroll, and a serial that was used or denied stays so, even if it leaves the list and comes back.
 *
 * Taking a serial off the list does not touch the device that enrolled with it.
 *
 * @example
 * const allowList = AllowList.fromSerials(['PX2-0001', 'PX2-0002']);
 */
export class AllowList {
  /**
   * The serial numbers in a text or CSV file, read at synth.
   *
   * One serial a line, or the first column of a CSV (`,`, `;` or tab; a heading such as `serial_number` is skipped). Blank
   * lines and lines that start with `#` do not count; a byte order mark and any kind of line break do no harm. Fails with the
   * line numbers of what is not a serial or stands there twice. A serial has 1 to 128 letters, digits, `:`, `_` and `-`,
   * and is taken as it is written: upper and lower case differ. At most 2,000,000 serials.
   *
   * @param path Path of the file, absolute or from the working folder
   */
  public static fromFile(path: string): AllowList {
    if (Token.isUnresolved(path)) {
      throw new ConfigurationError('AllowListUnreadable', "'path' must be known at synth, got a token");
    }
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
      throw new ConfigurationError(
        'AllowListUnreadable',
        `'path' must be a readable file, got ${quote(path)} (${reason})`,
      );
    }
    return new AllowList(serialsOfText(text, path));
  }

  /**
   * The serial numbers of a list in code: 1 to 128 letters, digits, `:`, `_` and `-` each, known at synth.
   *
   * @param serials Serial numbers, each once
   */
  public static fromSerials(serials: string[]): AllowList {
    const token = serials.findIndex((serial) => Token.isUnresolved(serial));
    if (Token.isUnresolved(serials) || token >= 0) {
      throw new ConfigurationError(
        'AllowListInvalid',
        `'serials' must be known at synth, since they travel in a file; item ${token + 1} is a token`,
      );
    }
    return new AllowList(serialsOfItems(serials, 'serials'));
  }

  /** Nobody may enroll: an import that takes every serial off the list, so that enrollment is closed. */
  public static empty(): AllowList {
    return new AllowList({ serials: [], longest: 0 });
  }

  /**
   * The table is filled by somebody else (a factory system), and left alone by deployments. Nobody may enroll until it is.
   *
   * An entry is an item with the key `serial` and the boolean `listed`; an item with any value in `denied` may not enroll.
   */
  public static managedOutside(): AllowList {
    return new AllowList(undefined);
  }

  private constructor(private readonly list: SerialList | undefined) {}

  /** How many serials are on the list; absent when it is managed outside. */
  public get serialCount(): number | undefined {
    return this.list?.serials.length;
  }

  /** @internal */
  public get _longest(): number {
    return this.list?.longest ?? 0;
  }

  /**
   * The list as its file: one serial a line, in ascending order. Undefined when there is nothing to import.
   *
   * @internal
   */
  public _render(): string | undefined {
    return this.list?.serials.map((serial) => `${serial}\n`).join('');
  }
}
