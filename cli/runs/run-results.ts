import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { isDenied, isNamed, operateError } from './aws/aws-errors';
import type { Connection } from './aws/connection';
import { OperateError } from './aws/operate-error';
import type { DeployedPipeline } from './deployed-pipeline';
import { resultPlacesOf } from './express-run';
import { HistoryReader } from './history-reader';
import { jobLog, NoLogStream } from './job-log';
import { resultPlaces } from './result-places';
import { runJobs } from './run-jobs';
import { ExpressRun, Run } from './runs';
import { DamagedObject, SavedObject, saveObjects } from './save-objects';
import { parseS3Uri, S3Place, s3Uri } from '../../formats/s3-uri';
import { WorkKey } from '../../src/contract/storage-keys';
import { isFileError } from '../terminal/file-error';
import { plainLine } from '../terminal/plain-text';
import { EXECUTION_FILE, HISTORY_FILE, logFile, LOGS_FOLDER } from '../trail/run-folder';

const TRIES = 3;

/**
 * Saves a run's two results.
 *
 * @throws OperateError where there are none, or what came was damaged each time
 */
export async function saveResults(connection: Connection, pipeline: DeployedPipeline, run: Run | ExpressRun, folder: string): Promise<SavedObject[]> {
  const places = run instanceof ExpressRun ? resultPlacesOf(pipeline, run.run.name) : placesOf(run);
  const what = 'downloading the results (s3:GetObject)';
  for (let tries = 1; ; tries += 1) {
    try {
      return await saveObjects(places, { client: connection.clients.s3, folder, ask: (request) => connection.ask(what, request) });
    } catch (error) {
      if (error instanceof DamagedObject) {
        if (tries < TRIES) continue;
        throw new OperateError('DamagedResult', `${error.message}; tried ${TRIES} times, and nothing was saved`);
      }
      if (isFileError(error)) throw new OperateError('Usage', `the results cannot be saved in ${folder}: ${error.message}; choose another folder with --output DIR`);
      const isMissing = isNamed(error, 'NoSuchKey', 'NotFound') || (run instanceof ExpressRun && isDenied(error));
      if (!isMissing) throw operateError(error, what);
      const name = run instanceof ExpressRun ? run.run.name : run.name;
      throw new OperateError('NotFound', `the results of ${plainLine(name)} are not at ${places.map(s3Uri).join(' and ')}; `
        + (run instanceof ExpressRun ? 'it has not succeeded (yet), or these may not be read' : 'they were removed, by hand or by resultsExpiration'));
    }
  }
}

function placesOf({ name, status, error, output }: Run): S3Place[] {
  if (status === 'RUNNING' || status === 'PENDING_REDRIVE') throw new OperateError('Conflict', `${plainLine(name)} still runs; wait for it with "pavi-pipeline watch"`);
  if (status !== 'SUCCEEDED') {
    throw new OperateError('RunFailed', `${plainLine(name)} has no results: it ${status === 'ABORTED' ? 'was stopped' : `ended as ${status}`}`
      + `${error === undefined ? '' : ` with ${plainLine(error)}`}; "pavi-pipeline status" tells why`);
  }
  const places = resultPlaces(output);
  if (places.length === 0) throw new OperateError('NotFound', `the output of ${plainLine(name)} names no results`);
  return places;
}

/** Saves what a report is made from: the run's history, its description, its jobs' logs, and, where they may be read, its entries. */
export async function saveTrail(connection: Connection, pipeline: DeployedPipeline, run: Run, folder: string): Promise<void> {
  const history = new HistoryReader(connection, run, true);
  await history.update();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, HISTORY_FILE), JSON.stringify({ events: history.rawEvents }, null, 2));
  const { name, arn, status, startedAt, stoppedAt } = run;
  const described = { executionArn: arn, stateMachineArn: pipeline.stateMachineArn, name, status, startDate: startedAt, stopDate: stoppedAt };
  await writeFile(join(folder, EXECUTION_FILE), JSON.stringify(described, null, 2));
  const { jobLogGroup } = pipeline;
  if (jobLogGroup !== undefined) {
    const jobs = await runJobs(connection, pipeline, run);
    for (const stream of jobs.flatMap(({ logStreams }) => logStreams)) await saveLog(connection, jobLogGroup, stream, folder);
  }
  await saveEntries(connection, run, folder);
}

async function saveLog(connection: Connection, group: string, stream: string, folder: string): Promise<void> {
  // A stream's name becomes a path.
  if (!stream.split('/').every((part) => /^[\w.-]+$/.test(part) && !/^\.+$/.test(part))) return;
  const lines: string[] = [];
  try {
    for await (const { message } of jobLog(connection, group, stream)) lines.push(message);
  } catch (error) {
    if (error instanceof NoLogStream) return;
    throw error;
  }
  const file = join(folder, LOGS_FOLDER, logFile(stream));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, lines.map((line) => `${line}\n`).join(''));
}

/** Who starts runs may upload entries, and need not be allowed to read them again. */
async function saveEntries(connection: Connection, { input }: Run, folder: string): Promise<void> {
  const place = parseS3Uri(input?.seq_regions_uri);
  if (place === undefined || place.key === '') return;
  try {
    const text = await connection.ask('reading the entries (s3:GetObject)', async (abortSignal) => {
      const { Body } = await connection.clients.s3.send(new GetObjectCommand({ Bucket: place.bucket, Key: place.key }), { abortSignal });
      return Body!.transformToString();
    });
    await writeFile(join(folder, WorkKey.SEQ_REGIONS), text);
  } catch (error) {
    if (isDenied(error) || isNamed(error, 'NoSuchKey', 'NotFound')) return;
    throw operateError(error, 'reading the entries (s3:GetObject)');
  }
}
