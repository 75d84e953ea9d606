"""The alignment pipeline beside what PAVI has already: network, Batch queue, log group, image repository."""

from dataclasses import dataclass
from typing import Optional

import aws_cdk as cdk
from aws_cdk import aws_batch as batch, aws_ec2 as ec2, aws_ecr as ecr, aws_ecs as ecs, aws_iam as iam, aws_logs as logs, aws_sns as sns
from cdk_pavi_alignment_pipeline import ComputePlatform, PaviAlignmentPipeline, PipelineCompute, PipelineImages, PipelineMonitoringProps
from constructs import Construct

JOB_LOG_GROUP = "pavi/pipeline-batch-jobs"
BUNDLED_IMAGE = "bundled"


@dataclass(frozen=True)
class Deployment:
    """What differs between accounts and environments."""

    vpc_id: str
    # REPOSITORY:TAG in the account's ECR, or "bundled": the package's own worker, built by cdk deploy and run by pavi-pipeline.
    worker_image: str
    # Ends the names; none in production.
    suffix: str = ""
    # Of a queue on EC2; without one, the pipeline makes a queue on Fargate Spot.
    job_queue_name: Optional[str] = None
    results_expire_after: Optional[cdk.Duration] = None
    removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN


class PaviAlignmentStack(cdk.Stack):
    """One environment's pipeline, a role that may use it, and a topic that hears of its alarms."""

    def __init__(self, scope: Construct, construct_id: str, deployment: Deployment, *, env: cdk.Environment) -> None:
        super().__init__(scope, construct_id, env=env, description="PAVI's protein alignment pipeline")
        self._suffix = deployment.suffix

        alarms = sns.Topic(self, "Alarms", topic_name=self._named("pavi-pipeline-alarms"), enforce_ssl=True)
        pipeline = PaviAlignmentPipeline(
            self,
            "Pavi",
            compute=self._compute(deployment),
            images=self._images(deployment.worker_image),
            job_log_group=logs.LogGroup.from_log_group_name(self, "JobLogs", JOB_LOG_GROUP),
            results_expiration=deployment.results_expire_after,
            removal_policy=deployment.removal_policy,
            monitoring=PipelineMonitoringProps(alarm_topic=alarms),
        )
        pipeline.export_outputs()

        # For an API of this app: a role that may start runs and see how they are, read results, and upload large inputs.
        api = iam.Role(self, "Api", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        pipeline.grant_start_execution(api)
        pipeline.state_machine.grant_execution(api, "states:DescribeExecution", "states:StopExecution")
        pipeline.grant_read_results(api)
        pipeline.grant_write_input(api)

        # For an API of another app, which attaches the policy by its name: the place of agr-pavi-pipeline-nf-aws-execution-policy.
        pipeline.create_caller_policy("CallerPolicy", managed_policy_name=self._named("agr-pavi-pipeline-execution-policy"))

        # On all that the stack makes; the pipeline gives its own resources the same.
        for key, value in {"Product": "PAVI", "CreatedBy": "PAVI", "AppComponent": "pipeline"}.items():
            cdk.Tags.of(self).add(key, value)
        cdk.Tags.of(self).add("Environment", deployment.suffix or "production")

    def _named(self, name: str) -> str:
        return f"{name}-{self._suffix}" if self._suffix else name

    def _compute(self, deployment: Deployment) -> PipelineCompute:
        if deployment.job_queue_name is not None:
            arn = self.format_arn(service="batch", resource="job-queue", resource_name=deployment.job_queue_name)
            return PipelineCompute.from_job_queue(batch.JobQueue.from_job_queue_arn(self, "Queue", arn), platform=ComputePlatform.EC2)
        vpc = ec2.Vpc.from_lookup(self, "AgrVpc", vpc_id=deployment.vpc_id)
        return PipelineCompute.fargate(vpc=vpc, spot=True, maxv_cpus=16)

    def _images(self, worker_image: str) -> PipelineImages:
        if worker_image == BUNDLED_IMAGE:
            return PipelineImages.bundled()
        repository, separator, tag = worker_image.partition(":")
        if not separator:
            raise ValueError(f'worker_image must be REPOSITORY:TAG or "{BUNDLED_IMAGE}", got {worker_image!r}')
        return PipelineImages.from_images(
            worker=ecs.ContainerImage.from_ecr_repository(ecr.Repository.from_repository_name(self, "WorkerImages", repository), tag)
        )
