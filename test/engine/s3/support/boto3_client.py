"""Uses a bucket as Python programs do; the endpoint and the keys are in the environment. Fails with a traceback."""
import base64
import hashlib
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
    assert s3.list_objects_v2(Bucket=BUCKET, MaxKeys=0)["KeyCount"] == 0
    assert code_of(s3.list_objects_v2, ContinuationToken="!") == ("InvalidArgument", 400)
    names = ["dir/a", "dir/b", "dir/c d+e", "dir/ü&<>"]
    s3.put_object(Bucket=BUCKET, Key=names[-1], Body=b"x")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="dir/", PaginationConfig={"PageSize": 2})
    assert [item["Key"] for page in pages for item in page["Contents"]] == names
    # The resource lists by the first version of the operation.
    assert [item.key for item in boto3.resource("s3").Bucket(BUCKET).objects.filter(Prefix="dir/")] == names
    assert s3.list_objects_v2(Bucket=BUCKET, Delimiter="/")["CommonPrefixes"] == [{"Prefix": "dir/"}]


# Each would be another key, or none, for a server that reads paths or XML carelessly.
ODD = ["\u00fc/\u00f1 \u65e5\u672c", "\U0001F600", "e\u0301", "\u00e9", "a b", "a+b", "+", "../x", "a/../b", ".", "..", "./y", "a//b", "/lead", "trail/", "%2F", "a%2Fb",
       "%zz", "%", "?q", "#h", "a&b=c", "it's", '"q"', "(x)*!", "<tag>", "\\back", "tab\tx", "line\nend", "return\rx", "x" * 1024]


def keys():
    for key in ODD:
        s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    in_order = sorted(ODD, key=lambda key: key.encode())
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, PaginationConfig={"PageSize": 3})
    assert [item["Key"] for page in pages for item in page["Contents"]] == in_order
    for key in ODD:
        assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == key.encode()
        s3.copy_object(Bucket=BUCKET, Key="copies/" + key[:1000], CopySource={"Bucket": BUCKET, "Key": key})
        assert s3.get_object(Bucket=BUCKET, Key="copies/" + key[:1000])["Body"].read() == key.encode()
        assert s3.list_objects_v2(Bucket=BUCKET, Prefix=key)["Contents"][0]["Key"] == key
    deleted = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": key} for key in ODD]})
    assert len(deleted["Deleted"]) == len(ODD) and "Errors" not in deleted
    assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == len(ODD)
    boto3.resource("s3").Bucket(BUCKET).objects.all().delete()
    assert code_of(s3.put_object, Key="x" * 1025, Body=b"") == ("KeyTooLongError", 400)


def ranges_and_conditions():
    s3.put_object(Bucket=BUCKET, Key="ten", Body=b"0123456789")
    s3.put_object(Bucket=BUCKET, Key="empty", Body=b"")
    for wanted, body in (("0-0", b"0"), ("5-", b"56789"), ("-3", b"789"), ("-100", b"0123456789"), ("8-100", b"89"), ("3-2", b"0123456789")):
        assert s3.get_object(Bucket=BUCKET, Key="ten", Range=f"bytes={wanted}")["Body"].read() == body
    for key, wanted in (("ten", "10-"), ("ten", "-0"), ("empty", "0-")):
        assert code_of(s3.get_object, Key=key, Range=f"bytes={wanted}") == ("InvalidRange", 416)
    etag = s3.head_object(Bucket=BUCKET, Key="ten")["ETag"]
    assert code_of(s3.get_object, Key="ten", IfMatch='"other"') == ("PreconditionFailed", 412)
    assert code_of(s3.get_object, Key="ten", IfNoneMatch=etag) == ("304", 304)
    assert code_of(s3.put_object, Key="ten", Body=b"x", IfNoneMatch="*") == ("PreconditionFailed", 412)
    assert code_of(s3.put_object, Key="ten", Body=b"x", IfMatch='"other"') == ("PreconditionFailed", 412)
    assert code_of(s3.put_object, Key="absent", Body=b"x", IfMatch=etag) == ("NoSuchKey", 404)
    s3.put_object(Bucket=BUCKET, Key="ten", Body=b"0123456789", IfMatch=etag)


def digests():
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    assert code_of(s3.put_object, Key="sum", Body=b"body", ChecksumSHA256=wrong) == ("BadDigest", 400)
    assert code_of(s3.put_object, Key="sum", Body=b"body", ChecksumCRC32="AAAAAA==") == ("BadDigest", 400)
    assert code_of(s3.put_object, Key="sum", Body=b"body", ContentMD5=base64.b64encode(hashlib.md5(b"x").digest()).decode()) == ("BadDigest", 400)
    assert code_of(s3.put_object, Key="sum", Body=b"body", ContentMD5="eA==") == ("InvalidDigest", 400)
    assert code_of(s3.head_object, Key="sum") == ("404", 404)
    s3.put_object(Bucket=BUCKET, Key="sum", Body=b"body", ChecksumAlgorithm="CRC32")
    sha256 = base64.b64encode(hashlib.sha256(b"body").digest()).decode()
    copy = s3.copy_object(Bucket=BUCKET, Key="sum2", CopySource={"Bucket": BUCKET, "Key": "sum"}, ChecksumAlgorithm="SHA256")
    assert copy["CopyObjectResult"]["ChecksumSHA256"] == sha256
    assert s3.head_object(Bucket=BUCKET, Key="sum2", ChecksumMode="ENABLED")["ChecksumSHA256"] == sha256


def uploads():
    def start():
        return {"Key": "parts", "UploadId": s3.create_multipart_upload(Bucket=BUCKET, Key="parts")["UploadId"]}
    upload = start()
    etag = s3.upload_part(Bucket=BUCKET, PartNumber=2, Body=b"two", **upload)["ETag"]
    assert code_of(s3.complete_multipart_upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]}, **upload) == ("InvalidPart", 400)
    assert code_of(s3.complete_multipart_upload, MultipartUpload={"Parts": []}, **upload) == ("MalformedXML", 400)
    for number in (0, 10001):
        assert code_of(s3.upload_part, PartNumber=number, Body=b"", **upload) == ("InvalidArgument", 400)
    s3.abort_multipart_upload(Bucket=BUCKET, **upload)
    assert code_of(s3.upload_part, PartNumber=1, Body=b"", **upload) == ("NoSuchUpload", 404)
    assert code_of(s3.head_object, Key="parts") == ("404", 404)
    upload = start()
    s3.put_object(Bucket=BUCKET, Key="ten", Body=b"0123456789")
    source = {"CopySource": {"Bucket": BUCKET, "Key": "ten"}}
    for wanted in ("bytes=5-10", "bytes=5-", "bytes=5-4"):
        assert code_of(s3.upload_part_copy, PartNumber=1, CopySourceRange=wanted, **source, **upload) == ("InvalidArgument", 400)
    part = s3.upload_part_copy(Bucket=BUCKET, PartNumber=1, CopySourceRange="bytes=2-4", **source, **upload)["CopyPartResult"]
    assert part["ETag"] == f'"{hashlib.md5(b"234").hexdigest()}"'
    s3.complete_multipart_upload(Bucket=BUCKET, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}, **upload)
    assert s3.get_object(Bucket=BUCKET, Key="parts")["Body"].read() == b"234"


def transfers():
    body = bytes(range(256)) * (4096 * 13) + b"the end"
    config = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)
    s3.upload_fileobj(io.BytesIO(body), BUCKET, "large", Config=config)
    assert s3.head_object(Bucket=BUCKET, Key="large")["ETag"].endswith('-3"')
    read = io.BytesIO()
    s3.download_fileobj(BUCKET, "large", read, Config=config)
    assert read.getvalue() == body
    # By UploadPartCopy; a copy that is made at once has the MD5 of its bytes as its ETag, whatever the source's was.
    s3.copy({"Bucket": BUCKET, "Key": "large"}, BUCKET, "large copy", Config=config)
    assert s3.head_object(Bucket=BUCKET, Key="large copy")["ETag"].endswith('-3"')
    s3.copy_object(Bucket=BUCKET, Key="large copy", CopySource={"Bucket": BUCKET, "Key": "large"})
    head = s3.head_object(Bucket=BUCKET, Key="large copy", ChecksumMode="ENABLED")
    assert head["ETag"] == f'"{hashlib.md5(body).hexdigest()}"' and head["ChecksumType"] == "FULL_OBJECT"
    assert s3.get_object(Bucket=BUCKET, Key="large copy", ChecksumMode="ENABLED")["Body"].read() == body


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


for step in (keys, ranges_and_conditions, digests, uploads, objects, listing, transfers, urls, deleting):
    step()
    print(step.__name__)
