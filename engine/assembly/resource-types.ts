/** The custom resource of the CDK's construct BucketDeployment: it puts files of the app into a bucket. */
export const BUCKET_DEPLOYMENT = 'Custom::CDKBucketDeployment';

/** Resources that a run uses. */
const USED = ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'AWS::IAM::Role', 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::Batch::JobDefinition',
  'AWS::Batch::JobQueue', 'AWS::StepFunctions::StateMachine', 'AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable', 'AWS::Events::Rule',
  BUCKET_DEPLOYMENT];

/** Networks, machines, keys, places of images and logs: what a run here has in another form, or needs not. */
const STOOD_IN_FOR = [/^AWS::EC2::/, /^AWS::Batch::(?:ComputeEnvironment|SchedulingPolicy)$/, /^AWS::Logs::LogGroup$/, /^AWS::IAM::InstanceProfile$/, /^AWS::KMS::/,
  /^AWS::CDK::Metadata$/, /^AWS::ECR::/];

/** What AWS would do besides, and nobody does here; said when the template is loaded. */
const NOT_SIMULATED = [/^AWS::CloudWatch::/, /^AWS::SNS::/, /^AWS::Logs::/, /^AWS::SSM::Parameter$/, /^AWS::Lambda::/,
  // Custom resources of the CDK that act at deployment and removal alone. Others could make what a run needs: they are refused.
  /^Custom::(?:S3AutoDeleteObjects|ECRAutoDeleteImages|LogRetention|VpcRestrictDefaultSG|S3BucketNotifications)$/];

/**
 * What a type of resource is to a run:
 * - `used`: its properties are evaluated, and must be known;
 * - `stood-in-for`: another thing takes its place here, for example this machine that of the compute environment;
 * - `not-simulated`: it has no effect here;
 * - `refused`: a run could need it.
 */
export type Part = 'used' | 'stood-in-for' | 'not-simulated' | 'refused';

export function partOf(type: string): Part {
  if (USED.includes(type)) return 'used';
  if (STOOD_IN_FOR.some((pattern) => pattern.test(type))) return 'stood-in-for';
  return NOT_SIMULATED.some((pattern) => pattern.test(type)) ? 'not-simulated' : 'refused';
}

/** Where a physical name stands, by type. */
export const NAME_PROPERTIES: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'BucketName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::Batch::JobDefinition': 'JobDefinitionName',
  'AWS::Batch::JobQueue': 'JobQueueName',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::Events::Rule': 'Name',
};
