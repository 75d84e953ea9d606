"""Uses a bucket as Python programs do; the endpoint and the keys are in the environment. Fails with a traceback."""
import io
import sys
from urllib.request import Request, urlopen

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

BUCKET = sys.argv[1]
MIB = 1024 * 1024
s3 = boto3.client("s3")


def code_of(call, **arguments):
    try:
        call(Bucket=BUCKET, **arguments)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    raise AssertionError(f"{call.__name__} succeeded")


def objects():
    body = bytes(range(256)) * 40
    s3.put_object(Bucket=BUCKET, Key="dir/a", Body=body, ContentType="text/plain", Metadata={"gene": "apl-1"})
    answer = s3.get_object(Bucket=BUCKET, Key="dir/a")
    assert answer["Body"].read() == body
    assert (answer["ContentType"], answer["Metadata"]) == ("text/plain", {"gene": "apl-1"})
    assert s3.get_object(Bucket=BUCKET, Key="dir/a", Range="bytes=256-511")["Body"].read() == bytes(range(256))
    s3.head_object(Bucket=BUCKET, Key="dir/a")
    s3.copy_object(Bucket=BUCKET, Key="dir/b", CopySource={"Bucket": BUCKET, "Key": "dir/a"})
    s3.copy({"Bucket": BUCKET, "Key": "dir/a"}, BUCKET, "dir/c d+e")
    assert s3.get_object(Bucket=BUCKET, Key="dir/c d+e")["Body"].read() == body
    for algorithm in ("CRC32", "SHA1", "SHA256"):
        s3.put_object(Bucket=BUCKET, Key="checked", Body=body, ChecksumAlgorithm=algorithm)
        s3.get_object(Bucket=BUCKET, Key="checked", ChecksumMode="ENABLED")["Body"].read()
    assert code_of(s3.get_object, Key="absent") == ("NoSuchKey", 404)
    assert code_of(s3.head_object, Key="absent") == ("404", 404)
    assert code_of(s3.put_object, Key="dir/a", Body=b"x", IfNoneMatch="*") == ("PreconditionFailed", 412)
    assert code_of(s3.get_object, Key="dir/a", Range="bytes=99999-") == ("InvalidRange", 416)


def listing():
    names = ["dir/a", "dir/b", "dir/c d+e", "dir/ü&<>"]
    s3.put_object(Bucket=BUCKET, Key=names[-1], Body=b"x")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="dir/", PaginationConfig={"PageSize": 2})
    assert [item["Key"] for page in pages for item in page["Contents"]] == names
    # The resource lists by the first version of the operation.
    assert [item.key for item in boto3.resource("s3").Bucket(BUCKET).objects.filter(Prefix="dir/")] == names
    assert s3.list_objects_v2(Bucket=BUCKET, Delimiter="/")["CommonPrefixes"] == [{"Prefix": "dir/"}]


def transfers():
    body = bytes(range(256)) * (4096 * 13) + b"the end"
    config = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)
    s3.upload_fileobj(io.BytesIO(body), BUCKET, "large", Config=config)
    assert s3.head_object(Bucket=BUCKET, Key="large")["ETag"].endswith('-3"')
    read = io.BytesIO()
    s3.download_fileobj(BUCKET, "large", read, Config=config)
    assert read.getvalue() == body


def urls():
    # Without the version boto3 still makes URLs of Signature Version 2, which this server refuses as S3's newer regions do.
    v4 = boto3.client("s3", config=Config(signature_version="s3v4"))
    url = v4.generate_presigned_url("put_object", Params={"Bucket": BUCKET, "Key": "by url"}, ExpiresIn=60)
    assert urlopen(Request(url, data=b"by url", method="PUT")).status == 200
    url = v4.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "by url"}, ExpiresIn=60)
    assert urlopen(url).read() == b"by url"


def deleting():
    boto3.resource("s3").Bucket(BUCKET).objects.all().delete()
    assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0
    s3.delete_object(Bucket=BUCKET, Key="absent")


for step in (objects, listing, transfers, urls, deleting):
    step()
    print(step.__name__)
