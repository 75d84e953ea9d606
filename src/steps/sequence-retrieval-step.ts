import { Duration, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { JobStep, objectStatement, StepEnvironment } from './job-step';
import { StepDefaults, StepSettings } from './step-settings';
import { StoragePrefix, WorkKey } from '../contract/storage-keys';

/** Decoding a few genome blocks at a time takes little of either. */
export const SEQUENCE_RETRIEVAL_DEFAULTS: StepDefaults = {
  memory: Size.mebibytes(500),
  fargateVcpus: 0.25,
  timeout: Duration.minutes(15),
};

/** Makes the proteins of a range of entries: reads the run's entries, writes a FASTA and a seq info file for each. */
export class SequenceRetrievalStep extends JobStep {
  constructor(scope: Construct, id: string, environment: StepEnvironment, settings: StepSettings) {
    const { bucket } = environment;
    const work = `${StoragePrefix.WORK}*/`;
    super(scope, id, {
      ...environment,
      settings,
      logStreamPrefix: 'sequence-retrieval',
      statements: [
        objectStatement(bucket, 's3:GetObject', `${work}${WorkKey.SEQ_REGIONS}`, `${StoragePrefix.INPUTS}*`),
        objectStatement(bucket, 's3:PutObject', `${work}${WorkKey.SEQUENCES}*`, `${work}${WorkKey.ERRORS}*`),
      ],
    });
  }
}
