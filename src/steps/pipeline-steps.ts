import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ALIGNMENT_DEFAULTS, AlignmentStep } from './alignment-step';
import { genomeAccess, GenomeAccessProps } from './genome-access';
import { GivenOfStep, StepEnvironment } from './job-step';
import { PipelineStepProps } from './pipeline-step-props';
import { SEQ_INFO_COLLECTION_DEFAULTS, SeqInfoCollectionStep } from './seq-info-collection-step';
import { SEQUENCE_RETRIEVAL_DEFAULTS, SequenceRetrievalStep } from './sequence-retrieval-step';
import { StepDefaults, stepSettings } from './step-settings';
import { PipelineNames } from '../pipeline-names';

/** What the pipeline's props say of its steps; see there. */
export interface StepsProps extends GenomeAccessProps {
  readonly sequenceRetrieval?: PipelineStepProps;
  readonly alignment?: PipelineStepProps;
  readonly seqInfoCollection?: PipelineStepProps;
  readonly names?: PipelineNames;
}

export interface PipelineSteps {
  readonly sequenceRetrieval: SequenceRetrievalStep;
  readonly alignment: AlignmentStep;
  readonly seqInfoCollection: SeqInfoCollectionStep;
}

/** The three steps of a pipeline, checked against the platform and the run's time. */
export function createSteps(scope: Construct, props: StepsProps, environment: StepEnvironment, runTimeout: Duration): PipelineSteps {
  const settings = (step: keyof PipelineSteps, defaults: StepDefaults) =>
    stepSettings(scope, step, props[step] ?? {}, defaults, environment.compute.platform, runTimeout);
  const given = (step: keyof PipelineSteps): GivenOfStep => ({
    jobRole: props[step]?.jobRole, jobDefinitionName: props.names?.[`${step}JobDefinitionName`],
  });
  return {
    sequenceRetrieval: new SequenceRetrievalStep(scope, 'SequenceRetrieval', environment,
      settings('sequenceRetrieval', SEQUENCE_RETRIEVAL_DEFAULTS), given('sequenceRetrieval'), genomeAccess(props)),
    alignment: new AlignmentStep(scope, 'Alignment', environment, settings('alignment', ALIGNMENT_DEFAULTS), given('alignment')),
    seqInfoCollection: new SeqInfoCollectionStep(scope, 'SeqInfoCollection', environment,
      settings('seqInfoCollection', SEQ_INFO_COLLECTION_DEFAULTS), given('seqInfoCollection')),
  };
}
