import { Duration, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { JobStep, listWorkStatement, objectStatement, StepEnvironment } from './job-step';
import { StepDefaults, StepSettings } from './step-settings';
import { ResultKey, StoragePrefix, WorkKey } from '../contract/storage-keys';

/** It merges small JSON files and looks columns up. */
export const SEQ_INFO_COLLECTION_DEFAULTS: StepDefaults = {
  memory: Size.mebibytes(500),
  fargateVcpus: 0.25,
  timeout: Duration.minutes(10),
};

/** Merges the entries' seq infos, with the positions in the alignment, into the results. */
export class SeqInfoCollectionStep extends JobStep {
  constructor(scope: Construct, id: string, environment: StepEnvironment, settings: StepSettings) {
    const { bucket } = environment;
    const work = `${StoragePrefix.WORK}*/`;
    super(scope, id, {
      ...environment,
      settings,
      logStreamPrefix: 'seq-info-collection',
      statements: [
        listWorkStatement(bucket),
        objectStatement(bucket, 's3:GetObject', `${work}${WorkKey.SEQUENCES}*`, `${StoragePrefix.RESULTS}*/${ResultKey.ALIGNMENT}`),
        objectStatement(bucket, 's3:PutObject', `${StoragePrefix.RESULTS}*/${ResultKey.SEQ_INFO}`, `${work}${WorkKey.ERRORS}*`),
      ],
    });
  }
}
