import { Duration, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { JobStep, JobStepOverrides, StepEnvironment } from './job-step';
import { StepDefaults, StepSettings } from './step-settings';
import { ResultKey, WorkKey } from '../contract/storage-keys';

/** Clustal Omega computes all the time, so it gets a whole vCPU. */
export const ALIGNMENT_DEFAULTS: StepDefaults = {
  memory: Size.gibibytes(2),
  fargateVcpus: 1,
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
