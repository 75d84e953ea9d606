import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ALIGNMENT_DEFAULTS, AlignmentStep } from './alignment-step';
import { genomeAccess, GenomeAccessProps } from './genome-access';
import { JobStepOverrides, StepEnvironment } from './job-step';
import { PipelineStepProps } from './pipeline-step-props';
import { SEQ_INFO_COLLECTION_DEFAULTS, SeqInfoCollectionStep } from './seq-info-collection-step';
import { SEQUENCE_RETRIEVAL_DEFAULTS, SequenceRetrievalStep } from './sequence-retrieval-step';
import { StepDefaults, stepSettings } from './step-settings';
import { PipelineNames } from '../names/physical-names';

/**
 * Props of the pipeline for its steps.
 *
 * @internal the members are those of `PaviAlignmentPipelineProps`
 */
export interface StepsProps extends GenomeAccessProps {
  /**
   * The jobs that make the entries' proteins.
   *
   * @default - 500 MiB, up to four times where it runs out; 15 minutes; 3 attempts
   */
  readonly sequenceRetrieval?: PipelineStepProps;

  /**
   * The job that aligns the proteins.
   *
   * @default - 2 GiB, up to four times where it runs out; 30 minutes; 3 attempts
   */
  readonly alignment?: PipelineStepProps;

  /**
   * The job that merges the entries' seq infos and adds their positions in the alignment.
   *
   * @default - 500 MiB, up to four times where it runs out; 10 minutes; 3 attempts
   */
  readonly seqInfoCollection?: PipelineStepProps;
}

export interface PipelineSteps {
  readonly sequenceRetrieval: SequenceRetrievalStep;
  readonly alignment: AlignmentStep;
  readonly seqInfoCollection: SeqInfoCollectionStep;
}

/** The three steps of a pipeline, checked against the platform and the run's time. */
export function createSteps(
  scope: Construct, props: StepsProps, names: PipelineNames, environment: StepEnvironment, runTimeout: Duration,
): PipelineSteps {
  const settings = (step: keyof PipelineSteps, defaults: StepDefaults) =>
    stepSettings(scope, step, props[step] ?? {}, defaults, environment.compute.platform, runTimeout);
  const overrides = (step: keyof PipelineSteps): JobStepOverrides => ({
    jobRole: props[step]?.jobRole, jobDefinitionName: names[`${step}JobDefinitionName`],
  });
  return {
    sequenceRetrieval: new SequenceRetrievalStep(scope, 'SequenceRetrieval', environment,
      settings('sequenceRetrieval', SEQUENCE_RETRIEVAL_DEFAULTS), overrides('sequenceRetrieval'), genomeAccess(props)),
    alignment: new AlignmentStep(scope, 'Alignment', environment, settings('alignment', ALIGNMENT_DEFAULTS), overrides('alignment')),
    seqInfoCollection: new SeqInfoCollectionStep(scope, 'SeqInfoCollection', environment,
      settings('seqInfoCollection', SEQ_INFO_COLLECTION_DEFAULTS), overrides('seqInfoCollection')),
  };
}
