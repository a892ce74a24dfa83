"""Files of jobs: written and read in pieces, encrypted in the database, gone after a day.

They lie in the database and not in a folder, so that page and worker need not share a disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import IO

from django.db import transaction

from workflow import clock, crypto
from workflow.models import Job, JobFile, JobFilePiece

PIECE = 1 << 20
KEPT = timedelta(days=1)


@transaction.atomic
def put(job: Job, side: str, name: str, media_type: str, content: IO[bytes]) -> JobFile:
    """Keep a file with a job, in place of the one that was there."""
    JobFile.objects.filter(job=job, side=side).delete()
    size, digest = measure(content)
    file = JobFile.objects.create(
        job=job, side=side, name=name[-160:], media_type=media_type, size=size, sha256=digest
    )
    content.seek(0)
    for number, piece in enumerate(iter(lambda: content.read(PIECE), b"")):
        JobFilePiece.objects.create(file=file, number=number, content=crypto.encrypt_bytes(piece))
    return file


def measure(content: IO[bytes]) -> tuple[int, str]:
    """Size and SHA-256 of a file, read from its beginning."""
    content.seek(0)
    digest, size = hashlib.sha256(), 0
    for piece in iter(lambda: content.read(PIECE), b""):
        digest.update(piece)
        size += len(piece)
    return size, digest.hexdigest()


def pieces(file: JobFile) -> Iterator[bytes]:
    """The content, piece by piece."""
    for piece in file.pieces.iterator(chunk_size=1):
        yield crypto.decrypt_bytes(bytes(piece.content))


def copy_to(file: JobFile, target: IO[bytes]) -> None:
    """Write the content into a file and go back to its beginning."""
    for piece in pieces(file):
        target.write(piece)
    target.seek(0)


def of(job: Job, side: str) -> JobFile | None:
    """The file on that side of a job, if it is still kept."""
    return job.files.filter(side=side).first()


def remove_old() -> int:
    """Forget the files whose day is over; how many."""
    old = JobFile.objects.filter(created_at__lt=clock.now() - KEPT)
    return old.delete()[1].get("workflow.JobFile", 0)


def remove(job: Job) -> None:
    """Forget what was uploaded for a job."""
    job.files.filter(side=JobFile.Side.INPUT).delete()
