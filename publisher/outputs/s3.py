"""EDGE. A bucket of a service that speaks the protocol of Amazon's S3, by botocore."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from publisher.config import BucketSpec
from publisher.outputs.objects import Object
from publisher.plugin import OutputProblem
from publisher.values import dataclass

_ATTEMPTS = 5
"""The first one included; botocore waits up to 20 seconds between two, longer each time."""
_GONE = {"404", "NoSuchKey", "NotFound"}
_KEY = {
    "403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken",
    "InvalidToken", "AuthorizationHeaderMalformed", "401", "Unauthorized",
}  # fmt: skip
_WHOLE = "what was there is whole, and the next run goes on"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """Who we are to the service."""

    id: str
    secret: str


class Bucket:
    """Objects under a prefix. Raises OutputProblem whenever the service cannot be used."""

    def __init__(self, spec: BucketSpec, key: AccessKey | None) -> None:
        """Without a key the environment and files of Amazon's tools are asked for one."""
        prefix = spec.prefix.strip("/")
        self._bucket = spec.bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._place = f"the bucket {spec.bucket}" + (
            f" at {spec.endpoint}" if spec.endpoint else ""
        )
        try:
            self._client = _client(spec, key)
        except ModuleNotFoundError as error:
            raise OutputProblem(
                "needs the library botocore", mend="pip install publisher[s3]"
            ) from error

    def get(self, path: str) -> bytes | None:
        """What lies at a path."""
        with self._named(path):
            answer = self._ask(self._client.get_object, path)
            return None if answer is None else bytes(answer["Body"].read())

    def mark(self, path: str) -> Mapping[str, str] | None:
        """The mark of what lies there."""
        with self._named(path):
            answer = self._ask(self._client.head_object, path)
            return None if answer is None else dict(answer["Metadata"])

    def put(self, one: Object) -> None:
        """Let it lie there; whoever asks meanwhile gets what was there before."""
        with self._named(one.path):
            self._client.put_object(
                Bucket=self._bucket,
                Key=self._prefix + one.path,
                Body=one.data,
                ContentType=one.content_type,
                CacheControl=one.cache_control,
                Metadata=dict(one.mark),
            )

    def remove(self, path: str) -> None:
        """Let nothing lie there."""
        with self._named(path):
            self._ask(self._client.delete_object, path)

    def paths(self) -> Iterator[str]:
        """Where something lies."""
        with self._named(""):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
                for found in page.get("Contents", ()):
                    yield found["Key"].removeprefix(self._prefix)

    def _ask(self, ask: Any, path: str) -> Any:
        """The answer about an object; None where there is none."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 (an extra)

        try:
            return ask(Bucket=self._bucket, Key=self._prefix + path)
        except ClientError as error:
            if _code(error) in _GONE:
                return None
            raise

    @contextmanager
    def _named(self, path: str) -> Iterator[None]:
        from botocore.exceptions import (  # noqa: PLC0415 (an extra)
            BotoCoreError,
            ClientError,
            NoCredentialsError,
        )

        try:
            yield
        except NoCredentialsError as error:
            raise OutputProblem(
                f"{self._place}: there is no access key",
                mend="name it: access_key_env and secret_key_env, or …_file",
            ) from error
        except ClientError as error:
            raise self._refused(error, path) from error
        except BotoCoreError as error:
            raise OutputProblem(
                f"{self._place} cannot be reached: {' '.join(str(error).split())}",
                mend=f"see that the service is there and `endpoint` is right; {_WHOLE}",
            ) from error

    def _refused(self, error: Any, path: str) -> OutputProblem:
        code = _code(error)
        said = error.response.get("Error", {}).get("Message", "")
        what = f"{self._place} refused {path or 'to be listed'} ({code}): {said}".rstrip(": ")
        if code == "NoSuchBucket":
            return OutputProblem(what, mend="make the bucket, or name another one in `outputs`")
        if code in _KEY:
            mend = (
                "see that the key is right and may get, put, delete and list there "
                "(GetObject, PutObject, DeleteObject, ListBucket)"
            )
            return OutputProblem(what, mend=mend)
        return OutputProblem(what, mend=f"the service is in trouble, or full; {_WHOLE}")


def _code(error: Any) -> str:
    told = error.response
    status = told.get("ResponseMetadata", {}).get("HTTPStatusCode", "")
    return str(told.get("Error", {}).get("Code") or status)


def _client(spec: BucketSpec, key: AccessKey | None) -> Any:
    from botocore.config import Config as ClientConfig  # noqa: PLC0415 (an extra)
    from botocore.session import get_session  # noqa: PLC0415

    seconds = spec.timeout.total_seconds()
    retries: dict[str, Any] = {"mode": "standard"}
    if "AWS_MAX_ATTEMPTS" not in os.environ:
        retries["total_max_attempts"] = _ATTEMPTS
    return get_session().create_client(
        "s3",
        endpoint_url=spec.endpoint,
        region_name=spec.region or ("us-east-1" if spec.endpoint else None),
        aws_access_key_id=key.id if key else None,
        aws_secret_access_key=key.secret if key else None,
        config=ClientConfig(
            connect_timeout=min(10, seconds),
            read_timeout=seconds,
            retries=retries,
            # names of buckets are hosts at Amazon's alone; and not all know its newer checksums
            s3={"addressing_style": "path" if spec.endpoint else "auto"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
