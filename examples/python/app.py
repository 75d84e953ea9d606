"""PAVI's alignment pipeline, one stack for each environment."""

import aws_cdk as cdk

from pavi_alignment_stack import Deployment, PaviAlignmentStack

app = cdk.App()


def setting(name: str) -> str:
    """A value of the context: in cdk.json, or `-c NAME=VALUE` of the cdk command."""
    value = app.node.try_get_context(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"the context has no {name}, got {value!r}; set it in cdk.json, or say: cdk synth -c {name}=VALUE")
    return value


env = cdk.Environment(account=setting("account"), region=setting("region"))
vpc_id = setting("vpc_id")
worker_image = setting("worker_image")

# Production and development, each on the Batch queue that its Nextflow workflow uses.
PaviAlignmentStack(app, "PaviAlignment", Deployment(vpc_id, worker_image, job_queue_name="pavi_pipeline"), env=env)
PaviAlignmentStack(
    app,
    "PaviAlignment-dev",
    Deployment(vpc_id, worker_image, suffix="dev", job_queue_name="pavi_pipeline_dev", results_expire_after=cdk.Duration.days(30)),
    env=env,
)

# For trying things out: no queue of its own is there, so it gets Fargate Spot in the same network, and goes without a trace.
PaviAlignmentStack(
    app,
    "PaviAlignment-trial",
    Deployment(vpc_id, worker_image, suffix="trial", removal_policy=cdk.RemovalPolicy.DESTROY),
    env=env,
)

app.synth()
