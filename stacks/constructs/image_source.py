"""What an image is built from, and the tag that says so."""

from __future__ import annotations

import hashlib
import shutil
from functools import cache
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

_PROJECT = Path(__file__).parents[2]
COPIED = {
    "training": ("tidewatch", "sagemaker"),
    "serving": ("tidewatch", "sagemaker"),
    "monitoring": ("tidewatch", "monitoring_jobs"),
    "spark": ("tidewatch", "monitoring_jobs"),
}
"""The folders that each Dockerfile copies besides its own."""
_TAG_DIGITS = 16


class ImageSource(assets.Asset):
    """The build context of one image: its folder and the code copied into it, nothing else."""

    def __init__(self, scope: Construct, construct_id: str, *, image: str) -> None:
        super().__init__(scope, construct_id, path=str(_context(_outdir(scope), image)))

    def tag(self, base: str) -> str:
        """A tag for this content on the image `base`: other content, or another base, another tag.

        What `base` itself holds is part of it only where it is given by its digest.
        """
        digest = hashlib.sha256(f"{self.asset_hash} {base}".encode()).hexdigest()
        return digest[:_TAG_DIGITS]


def _outdir(scope: Construct) -> Path:
    app = scope.node.root
    if not isinstance(app, cdk.App):
        raise TypeError(f"{scope.node.path} stands in {app!r}; expected an app as its root")
    return Path(app.outdir)


@cache
def _context(outdir: Path, image: str) -> Path:
    target = outdir / f"image-{image}"
    shutil.rmtree(target, ignore_errors=True)
    for folder in (f"images/{image}", *COPIED[image]):
        shutil.copytree(
            _PROJECT / folder,
            target / folder,
            ignore=shutil.ignore_patterns("__pycache__", "*.pyc"),
        )
    return target
