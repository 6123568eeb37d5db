"""A server that speaks S3's protocol, and a bucket in it."""

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from moto.server import ThreadedMotoServer
from storages.backends.s3 import S3Storage

REGION = "eu-west-1"
LOGIN = {"access_key": "test", "secret_key": "test", "region_name": REGION}


@contextmanager
def running_s3() -> Iterator[str]:
    """The server's URL."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@contextmanager
def bucket_in(endpoint: str) -> Iterator[S3Storage]:
    """A bucket as the product uses one, below a prefix; gone after the block."""
    resource = boto3.resource(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        region_name=REGION,
    )
    made = resource.Bucket("archive")
    made.create(CreateBucketConfiguration={"LocationConstraint": REGION})
    yield S3Storage(bucket_name="archive", endpoint_url=endpoint, location="wificore", **LOGIN)
    made.objects.all().delete()
    made.delete()
