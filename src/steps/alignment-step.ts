import { Duration, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { JobStep, JobStepOverrides, StepEnvironment } from './job-step';
import { StepDefaults, StepSettings } from './step-settings';
import { DEFAULT_JOB_SIZE } from '../contract/job-sizes';
import { ResultKey, WorkKey } from '../contract/storage-keys';

export const ALIGNMENT_DEFAULTS: StepDefaults = {
  memory: Size.mebibytes(DEFAULT_JOB_SIZE.ALIGNMENT.memoryMiB),
  fargateVcpus: DEFAULT_JOB_SIZE.ALIGNMENT.vcpus,
  timeout: Duration.minutes(30),
};

/** Aligns the run's proteins: joins the FASTA files, and writes the alignment to the results. */
export class AlignmentStep extends JobStep {
  constructor(scope: Construct, id: string, environment: StepEnvironment, settings: StepSettings, overrides: JobStepOverrides) {
    const { storage } = environment;
    super(scope, id, {
      ...environment,
      settings,
      overrides,
      logStreamPrefix: 'alignment',
      statements: [
        storage.listWork(),
        ...storage.objects('s3:GetObject', storage.workOf(`${WorkKey.SEQUENCES}*`)),
        ...storage.objects('s3:PutObject', storage.resultsOf(ResultKey.ALIGNMENT), storage.workOf(`${WorkKey.ERRORS}*`)),
      ],
    });
  }
}
