import { join } from 'node:path';
import { SAMPLE, sampleEntries, TestFolders } from './sample-run';

export const EXPECTED_ALIGNMENT = join(SAMPLE, 'expected/alignment-output.aln');
export const EXPECTED_SEQ_INFO = join(SAMPLE, 'expected/aligned_seq_info.json');

/** An app with a pipeline and a jobs table, as a web API's stack has them; a retrieval job for each entry. */
export function pipelineApp(folders: TestFolders): string {
  return folders.changed(folders.synthesize({ regionsPerJob: 1 }), (template) => {
    template.Resources.JobsTable = {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        KeySchema: [{ AttributeName: 'job_id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'job_id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      },
    };
    template.Outputs.JobsTableName = { Value: { Ref: 'JobsTable' } };
  });
}

/** The input of an execution over the sample's entries. */
export function sampleInput(genome?: string): string {
  return JSON.stringify({ seq_regions: sampleEntries(genome) });
}
