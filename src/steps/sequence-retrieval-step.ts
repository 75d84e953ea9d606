import { Duration, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { GenomeAccess } from './genome-access';
import { JobStep, JobStepOverrides, StepEnvironment } from './job-step';
import { StepDefaults, StepSettings } from './step-settings';
import { DEFAULT_JOB_SIZE } from '../contract/job-sizes';
import { WorkKey } from '../contract/storage-keys';

export const SEQUENCE_RETRIEVAL_DEFAULTS: StepDefaults = {
  memory: Size.mebibytes(DEFAULT_JOB_SIZE.SEQUENCE_RETRIEVAL.memoryMiB),
  fargateVcpus: DEFAULT_JOB_SIZE.SEQUENCE_RETRIEVAL.vcpus,
  timeout: Duration.minutes(15),
};

/** Makes the proteins of a range of entries: reads the run's entries, writes a FASTA and a seq info file for each. */
export class SequenceRetrievalStep extends JobStep {
  /** What the jobs' command line says of the genomes and variants that they may read. */
  public readonly genomeWords: string[];

  constructor(
    scope: Construct, id: string, environment: StepEnvironment, settings: StepSettings, overrides: JobStepOverrides, genomes: GenomeAccess,
  ) {
    const { storage } = environment;
    super(scope, id, {
      ...environment,
      settings,
      overrides,
      logStreamPrefix: 'sequence-retrieval',
      statements: [
        ...storage.objects('s3:GetObject', storage.workOf(WorkKey.SEQ_REGIONS), `${storage.inputs}*`),
        ...storage.objects('s3:PutObject', storage.workOf(`${WorkKey.SEQUENCES}*`), storage.workOf(`${WorkKey.ERRORS}*`)),
        ...genomes.statements,
      ],
    });
    this.genomeWords = genomes.words;
  }
}
