import { Duration, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { JobStep, JobStepOverrides, StepEnvironment } from './job-step';
import { StepDefaults, StepSettings } from './step-settings';
import { DEFAULT_JOB_SIZE } from '../contract/job-sizes';
import { ResultKey, WorkKey } from '../contract/storage-keys';

export const SEQ_INFO_COLLECTION_DEFAULTS: StepDefaults = {
  memory: Size.mebibytes(DEFAULT_JOB_SIZE.SEQ_INFO_COLLECTION.memoryMiB),
  fargateVcpus: DEFAULT_JOB_SIZE.SEQ_INFO_COLLECTION.vcpus,
  timeout: Duration.minutes(10),
};

/** Merges the entries' seq infos, with the positions in the alignment, into the results. */
export class SeqInfoCollectionStep extends JobStep {
  constructor(scope: Construct, id: string, environment: StepEnvironment, settings: StepSettings, overrides: JobStepOverrides) {
    const { storage } = environment;
    super(scope, id, {
      ...environment,
      settings,
      overrides,
      logStreamPrefix: 'seq-info-collection',
      statements: [
        storage.listWork(),
        ...storage.objects('s3:GetObject', storage.workOf(`${WorkKey.SEQUENCES}*`), storage.resultsOf(ResultKey.ALIGNMENT)),
        ...storage.objects('s3:PutObject', storage.resultsOf(ResultKey.SEQ_INFO), storage.workOf(`${WorkKey.ERRORS}*`)),
      ],
    });
  }
}
