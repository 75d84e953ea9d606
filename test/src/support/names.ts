import { PipelineNames } from '../../../src';

/** A name for everything that can have one. */
export const ALL_NAMES: Required<PipelineNames> = {
  stateMachineName: 'pavi_pipeline_test',
  sequenceRetrievalJobDefinitionName: 'pavi_sequence_retrieval_test',
  alignmentJobDefinitionName: 'pavi_alignment_test',
  seqInfoCollectionJobDefinitionName: 'pavi_seq_info_collection_test',
  workBucketName: 'pavi-pipeline-test',
  jobLogGroupName: 'pavi/pipeline-batch-jobs',
  executionLogGroupName: 'pavi/pipeline-executions',
  jobsTableName: 'pavi_jobs_test',
  dashboardName: 'pavi_pipeline_test',
};
