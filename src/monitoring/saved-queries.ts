import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { LogLevel } from '../contract/log-events';
import { METRIC_JOB_PROPERTY, METRIC_RUN_PROPERTY, METRIC_STEP_DIMENSION, WorkerMetric } from '../contract/worker-metrics';

/** Of the 255 characters that a query's name has (Amazon CloudWatch Logs API reference, page "PutQueryDefinition"), with room for the longest. */
const MAX_FOLDER = 180;

/** Queries for CloudWatch Logs Insights, under the pipeline's path, of which a long one's end; a query must have a name. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, private readonly folder: string, jobLogs: logs.ILogGroup, executionLogs: logs.ILogGroup) {
    super(scope, id);
    this.save('FailedJobs', 'failed jobs', jobLogs, {
      fields: ['@timestamp', 'event', 'error', 'entry', 'message', 'expected', 'found', '@logStream'],
      filterStatements: [`level = "${LogLevel.ERROR}"`],
      sort: '@timestamp desc',
      limit: 100,
    });
    this.save('OneRun', 'what the jobs of a run wrote (put the name of its execution in)', jobLogs, {
      fields: ['@timestamp', 'level', 'event', 'entry', 'message', '@logStream'],
      filterStatements: ['run = "NAME-OF-THE-EXECUTION"'],
      sort: '@timestamp asc',
      limit: 1000,
    });
    this.save('SlowestJobs', 'slowest jobs', jobLogs, {
      fields: ['@timestamp', METRIC_STEP_DIMENSION, METRIC_RUN_PROPERTY, METRIC_JOB_PROPERTY, WorkerMetric.DURATION, WorkerMetric.PEAK_MEMORY],
      filterStatements: [`ispresent(${WorkerMetric.DURATION})`],
      sort: `${WorkerMetric.DURATION} desc`,
      limit: 50,
    });
    this.save('GenomeBytes', 'genome bytes of each run', jobLogs, {
      filterStatements: [`ispresent(${WorkerMetric.GENOME_BYTES})`],
      statsStatements: [`sum(${WorkerMetric.GENOME_BYTES}) as bytes, sum(${WorkerMetric.GENOME_REQUESTS}) as requests, `
        + `sum(${WorkerMetric.ENTRIES}) as entries by ${METRIC_RUN_PROPERTY}`],
      sort: 'bytes desc',
      limit: 50,
    });
    this.save('FailedRuns', 'failed runs and their causes', executionLogs, {
      fields: ['@timestamp', 'execution_arn', 'details.error', 'details.cause'],
      filterStatements: ['type in ["ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"]'],
      sort: '@timestamp desc',
      limit: 100,
    });
  }

  private save(id: string, name: string, logGroup: logs.ILogGroup, query: logs.QueryStringProps): void {
    new logs.QueryDefinition(this, id, {
      queryDefinitionName: `${this.folder.slice(-MAX_FOLDER)}/${name}`,
      queryString: new logs.QueryString(query),
      logGroups: [logGroup],
    });
  }
}
