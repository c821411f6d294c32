"""MLflow's client, imported without the data-science libraries that it would pull along."""

from tidewatch.core.artifact.lean_import import importing_without

with importing_without("pandas", "polars", "scipy", "sklearn", "matplotlib", "flask"):
    import mlflow
    from mlflow.entities import Metric, Param
    from mlflow.exceptions import MlflowException
    from mlflow.tracking import MlflowClient

__all__ = ["Metric", "MlflowClient", "MlflowException", "Param", "connect"]


def connect(tracking_uri: str) -> MlflowClient:
    """A client of the tracking server and of its registry.

    `tracking_uri` is the ARN of a SageMaker MLflow app or any URI that MLflow knows. It is set for
    the process too: the ARN's plugin signs its requests for the process's tracking URI.
    """
    mlflow.set_tracking_uri(tracking_uri)
    return MlflowClient(tracking_uri)
