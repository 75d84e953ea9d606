import { GetExecutionHistoryCommand, HistoryEvent } from '@aws-sdk/client-sfn';
import { operateError } from './aws/aws-errors';
import type { Connection } from './aws/connection';
import type { RunId } from './runs';
import { ReportEvent, reportEvents } from '../trail/history-event';

const PAGE = 1000;

/** Reads a run's events; asked again, only those that are new. A redrive's events come after those that were before. */
export class HistoryReader {
  private known: ReportEvent[] = [];
  private raw: HistoryEvent[] = [];

  /** @param withData whether the events' inputs and outputs are wanted: they make a long history many times as large */
  constructor(private readonly connection: Connection, private readonly run: RunId, private readonly withData = false) {}

  /** Oldest first. */
  public get events(): readonly ReportEvent[] {
    return this.known;
  }

  /** As the API gives them. */
  public get rawEvents(): readonly HistoryEvent[] {
    return this.raw;
  }

  /** @returns whether there are new ones */
  public async update(): Promise<boolean> {
    const last = this.known.at(-1)?.id ?? 0;
    const fresh: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.page(nextToken);
      const events = page.events ?? [];
      fresh.push(...events.filter(({ id = 0 }) => id > last));
      nextToken = events.some(({ id = 0 }) => id <= last) ? undefined : page.nextToken;
    } while (nextToken !== undefined);
    // Nothing is kept of pages that came before the connection was lost for good.
    this.known = [...this.known, ...reportEvents(fresh)];
    this.raw = [...this.raw, ...fresh.reverse()];
    return fresh.length > 0;
  }

  private async page(nextToken: string | undefined) {
    const request = { executionArn: this.run.arn, maxResults: PAGE, reverseOrder: true, includeExecutionData: this.withData, nextToken };
    const what = 'reading the run\'s history (states:GetExecutionHistory)';
    try {
      return await this.connection.ask(what, (abortSignal) =>
        this.connection.clients.stepFunctions.send(new GetExecutionHistoryCommand(request), { abortSignal }));
    } catch (error) {
      throw operateError(error, what);
    }
  }
}
