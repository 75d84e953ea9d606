import { Duration, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { JobStep, listWorkStatement, objectStatement, StepEnvironment } from './job-step';
import { StepDefaults, StepSettings } from './step-settings';
import { ResultKey, StoragePrefix, WorkKey } from '../contract/storage-keys';

/** Clustal Omega computes all the time, so it gets a whole vCPU. */
export const ALIGNMENT_DEFAULTS: StepDefaults = {
  memory: Size.gibibytes(2),
  fargateVcpus: 1,
  timeout: Duration.minutes(30),
};

/** Aligns the run's proteins: joins the FASTA files, and writes the alignment to the results. */
export class AlignmentStep extends JobStep {
  constructor(scope: Construct, id: string, environment: StepEnvironment, settings: StepSettings) {
    const { bucket } = environment;
    const work = `${StoragePrefix.WORK}*/`;
    super(scope, id, {
      ...environment,
      settings,
      logStreamPrefix: 'alignment',
      statements: [
        listWorkStatement(bucket),
        objectStatement(bucket, 's3:GetObject', `${work}${WorkKey.SEQUENCES}*`),
        objectStatement(bucket, 's3:PutObject', `${StoragePrefix.RESULTS}*/${ResultKey.ALIGNMENT}`, `${work}${WorkKey.ERRORS}*`),
      ],
    });
  }
}
