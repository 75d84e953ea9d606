import { log } from './log';
import { EntryWarningKindName, LogEvent } from '../src/contract/log-events';

export interface EntryWarning {
  readonly kind: EntryWarningKindName;
  /** One sentence for people. */
  readonly text: string;
}

/** What a user should know of an entry that is made all the same, in the order in which it was found. */
export class EntryWarnings {
  private readonly byText = new Map<string, EntryWarning>();

  public get list(): readonly EntryWarning[] {
    return [...this.byText.values()];
  }

  /** The same text once. */
  public add(kind: EntryWarningKindName, text: string): void {
    this.byText.set(text, { kind, text });
  }

  /** A line of the log for each. */
  public log(entry: string): void {
    this.list.forEach(({ kind, text }) => log(LogEvent.ENTRY_WARNING, { entry, kind, warning: text }));
  }
}
