"""EDGE. A bucket of a service that speaks the protocol of Amazon's S3, by the client of MinIO."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from publisher.config import BucketSpec
from publisher.errors import install
from publisher.outputs.objects import Object
from publisher.plugin import OutputProblem
from publisher.values import dataclass

if TYPE_CHECKING:
    from minio import Minio

_AMAZON = "https://s3.amazonaws.com"
_AT_ONCE = 8
_LONGEST_WAIT = 20
_LEAST_PART = 5 << 20
_TROUBLE = (429, 500, 502, 503, 504)
_GONE = {"NoSuchKey", "NoSuchObject"}
_KEY = {
    "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken",
    "AuthorizationHeaderMalformed",
}  # fmt: skip
_META = "x-amz-meta-"
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
            raise OutputProblem("needs the library minio", mend=install("s3")) from error

    def get(self, path: str) -> bytes | None:
        """What lies at a path."""
        with self._named(path):
            answer = self._ask(self._client.get_object, path)
            if answer is None:
                return None
            try:
                return bytes(answer.read())
            finally:
                answer.close()
                answer.release_conn()

    def mark(self, path: str) -> Mapping[str, str] | None:
        """The mark of what lies there."""
        with self._named(path):
            answer = self._ask(self._client.stat_object, path)
            if answer is None:
                return None
            told = {name.lower(): value for name, value in (answer.metadata or {}).items()}
            return {n.removeprefix(_META): v for n, v in told.items() if n.startswith(_META)}

    def put(self, one: Object) -> None:
        """Let it lie there; whoever asks meanwhile gets what was there before."""
        with self._named(one.path):
            self._client.put_object(
                self._bucket,
                self._prefix + one.path,
                io.BytesIO(one.data),
                len(one.data),
                content_type=one.content_type,
                part_size=max(len(one.data), _LEAST_PART),  # in one request, whole or not at all
                metadata={"Cache-Control": one.cache_control, **one.mark},
            )

    def remove(self, path: str) -> None:
        """Let nothing lie there."""
        with self._named(path):
            self._ask(self._client.remove_object, path)

    def paths(self) -> Iterator[str]:
        """Where something lies."""
        with self._named(""):
            found = self._client.list_objects(self._bucket, self._prefix or None, recursive=True)
            for one in found:
                yield (one.object_name or "").removeprefix(self._prefix)

    def _ask(self, ask: Any, path: str) -> Any:
        """The answer about an object; None where there is none."""
        from minio.error import S3Error  # noqa: PLC0415 (an extra)

        try:
            return ask(self._bucket, self._prefix + path)
        except S3Error as error:
            if error.code in _GONE:
                return None
            raise

    @contextmanager
    def _named(self, path: str) -> Iterator[None]:
        from minio.error import MinioException, S3Error  # noqa: PLC0415 (an extra)

        try:
            yield
        except S3Error as error:
            raise self._refused(path, error.code or "", error.message or "") from error
        except MinioException as error:
            raise self._refused(path, "", " ".join(str(error).split())[:300]) from error
        except HTTPError as error:
            raise OutputProblem(
                f"{self._place} cannot be reached: {' '.join(str(error).split())[:300]}",
                mend=f"see that the service is there and `endpoint` is right; {_WHOLE}",
            ) from error

    def _refused(self, path: str, code: str, message: str) -> OutputProblem:
        what = f"{self._place} refused {path or 'to be listed'}: {code} {message}".rstrip()
        if code == "NoSuchBucket":
            return OutputProblem(what, mend="make the bucket, or name another one in `outputs`")
        if code in _KEY:
            mend = (
                "see that the key is right and may get, put, delete and list there "
                "(GetObject, PutObject, DeleteObject, ListBucket)"
            )
            return OutputProblem(what, mend=mend)
        return OutputProblem(what, mend=f"the service is in trouble, or full; {_WHOLE}")


def _client(spec: BucketSpec, key: AccessKey | None) -> Minio:
    """One that waits longer after each attempt, and for no answer without end."""
    from minio import Minio  # noqa: PLC0415 (an extra)
    from minio.credentials.providers import StaticProvider  # noqa: PLC0415

    seconds = spec.timeout.total_seconds()
    address = urlsplit(spec.endpoint or _AMAZON)
    told = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    return Minio(
        address.netloc,
        secure=address.scheme == "https",
        region=spec.region or told or ("us-east-1" if spec.endpoint else None),
        credentials=StaticProvider(key.id, key.secret) if key else _key_of_the_environment(),
        http_client=PoolManager(
            maxsize=_AT_ONCE,
            timeout=Timeout(connect=min(10, seconds), read=seconds),
            retries=Retry(
                total=spec.attempts - 1,
                backoff_factor=0.5,
                backoff_jitter=0.5,
                backoff_max=_LONGEST_WAIT,
                status_forcelist=_TROUBLE,
                allowed_methods=None,  # each of ours may be done twice
                raise_on_status=False,
            ),
        ),
    )


def _key_of_the_environment() -> Any:
    """Where Amazon's tools look: variables, ~/.aws/credentials, the role of a pod or container."""
    from minio.credentials import providers as known  # noqa: PLC0415 (an extra)

    providers: list[Any] = [known.EnvAWSProvider(), known.AWSConfigProvider()]
    if any(
        name.startswith(("AWS_CONTAINER_CREDENTIALS_", "AWS_WEB_IDENTITY")) for name in os.environ
    ):
        providers.append(known.IamAwsProvider())
    chain = known.ChainedProvider(providers)
    try:
        chain.retrieve()
    except ValueError as error:
        raise OutputProblem(
            "there is no access key", mend="name it: access_key_env and secret_key_env, or …_file"
        ) from error
    return chain
