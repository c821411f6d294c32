"""`AWS::SageMaker::MlflowApp`: a real MLflow server, its artefacts in the given S3 place."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from localcloud import iam, mlflow_server, running
from localcloud.clients import role_credentials
from localcloud.cloudformation.handler import TAGS, Created, Handler, Properties, Resource, changed
from localcloud.state import settings

# The server reads its credentials once; this is the longest that a session may last.
SERVER_SECONDS = 43_200
REPLACING = frozenset({"Name", "ArtifactStoreUri", "RoleArn"})


@dataclass(frozen=True)
class MlflowApp:
    """The life of an MLflow server."""

    def create(self, resource: Resource) -> Created:
        """Start the server under the app's role."""
        arn = iam.arn("sagemaker", f"mlflow-app/app-{uuid.uuid4().hex[:16].upper()}")
        credentials = role_credentials(resource.properties["RoleArn"], "mlflow", SERVER_SECONDS)
        server = mlflow_server.start(
            settings().home / "mlflow" / arn.rpartition("/")[2],
            resource.properties["ArtifactStoreUri"],
            {
                **credentials.environment(),
                "AWS_ENDPOINT_URL": settings().url,
                "AWS_REGION": settings().region,
                "AWS_DEFAULT_REGION": settings().region,
            },
        )
        running.add("mlflow", arn, server)
        return _created(arn, resource.properties)

    def update(self, resource: Resource, previous: Properties, physical_id: str) -> Created | None:
        """Only what the server itself does not hold changes in place."""
        kept = frozenset(previous.keys() | resource.properties.keys()) - REPLACING | {TAGS}
        if changed(previous, resource.properties, besides=kept):
            return None
        return _created(physical_id, resource.properties)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """End the server."""
        del properties
        running.stop("mlflow", physical_id)


def _created(arn: str, properties: Properties) -> Created:
    return Created(arn, {"Arn": arn, "Status": "Created", "Name": str(properties.get("Name", ""))})


HANDLERS: dict[str, Handler] = {"AWS::SageMaker::MlflowApp": MlflowApp()}
