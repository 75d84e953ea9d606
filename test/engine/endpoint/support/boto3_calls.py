"""Makes AWS calls that come as lines of JSON, {"service", "operation", "params"}, and answers each by a line: {"result"} or {"error"}.

With every answer goes what of it is not as botocore's model of the service has it: unknown fields, missing ones, wrong types.
"""
import base64
import datetime
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

CONFIG = Config(retries={"total_max_attempts": 1}, read_timeout=60)
clients = {}
last = {}


class Validator(ParamValidator):
    """Answers have times as numbers; any number will do for botocore, but a text would too."""

    def _validate_timestamp(self, param, shape, errors, name):
        if not isinstance(param, (int, float)):
            errors.report(name, "invalid type", param=param, valid_types=["number"])


def keep(http_response=None, parsed=None, model=None, **_):
    last["body"], last["status"] = http_response.content, http_response.status_code


def client(service):
    if service not in clients:
        clients[service] = boto3.client(service, config=CONFIG)
        clients[service].meta.events.register("response-received", lambda **more: last.update(more.get("response_dict") or {}))
        clients[service].meta.events.register("before-parse", lambda response_dict=None, **_: last.update(response_dict))
    return clients[service]


def problems(service, operation):
    model = client(service).meta.service_model
    if model.metadata["protocol"] not in ("json", "rest-json") or service == "dynamodb" or last.get("status_code", 500) >= 300:
        return []
    shape = model.operation_model(operation).output_shape
    if shape is None:
        return []
    raw = json.loads(last["body"])
    report = Validator().validate(named(raw, shape), shape)
    return report.generate_report().splitlines() if report.has_errors() else []


def named(raw, shape):
    """Fields by the model's names of them."""
    if shape.type_name == "structure" and isinstance(raw, dict):
        names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
        return {names.get(name, name): named(value, shape.members[names[name]]) if name in names else value for name, value in raw.items()}
    if shape.type_name == "list" and isinstance(raw, list):
        return [named(value, shape.member) for value in raw]
    return raw


def plain(value):
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items() if name != "ResponseMetadata"}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if hasattr(value, "read"):
        return value.read().decode()
    return value


for line in sys.stdin:
    call = json.loads(line)
    service, operation = call["service"], call["operation"]
    try:
        method = next(name for name, api in client(service).meta.method_to_api_mapping.items() if api == operation)
        answer = {"result": plain(getattr(client(service), method)(**call["params"])), "problems": problems(service, operation)}
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        answer = {"error": {"code": error.response["Error"]["Code"], "message": error.response["Error"]["Message"], "status": status}}
    except Exception as error:  # A defect of the test or of the endpoint, told where it is waited for.
        answer = {"error": {"code": type(error).__name__, "message": str(error), "status": 0}}
    print(json.dumps(answer), flush=True)
