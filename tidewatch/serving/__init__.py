"""The serving container: loads a model artefact safely and answers with its scores."""
