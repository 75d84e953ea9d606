"""What a web API does with a run, written for AWS: nothing here knows of a local engine. Arguments: stack, job id, file of the entries.

Prints a line of JSON: the run's output, and the alignment.
"""
import json
import sys
import time

import boto3

stack_name, job_id, entries_file = sys.argv[1:]

cloudformation = boto3.client("cloudformation")
stack = cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]
outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

jobs = boto3.resource("dynamodb").Table(outputs["JobsTableName"])
jobs.put_item(Item={"job_id": job_id, "status": "PENDING", "submitted": int(time.time())})

with open(entries_file, encoding="utf-8") as file:
    entries = json.load(file)
stepfunctions = boto3.client("stepfunctions")
started = stepfunctions.start_execution(
    stateMachineArn=outputs["StateMachineArn"],
    name=job_id,
    input=json.dumps({"seq_regions": entries, "job_id": job_id, "job_queue_arn": outputs["JobQueueArn"]}),
)
jobs.update_item(
    Key={"job_id": job_id},
    UpdateExpression="SET #status = :status, execution_arn = :arn",
    ExpressionAttributeNames={"#status": "status"},
    ExpressionAttributeValues={":status": "RUNNING", ":arn": started["executionArn"]},
)

arn = jobs.get_item(Key={"job_id": job_id})["Item"]["execution_arn"]
while True:
    execution = stepfunctions.describe_execution(executionArn=arn)
    if execution["status"] != "RUNNING":
        break
    time.sleep(0.2)
if execution["status"] != "SUCCEEDED":
    sys.exit(f"{execution['status']}: {execution.get('error')}: {execution.get('cause')}")

output = json.loads(execution["output"])
bucket, _, key = output["result_s3_uri"].removeprefix("s3://").partition("/")
alignment = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode()
print(json.dumps({"output": output, "alignment": alignment}))
