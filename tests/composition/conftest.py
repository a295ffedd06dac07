"""Composition sees everything, the marketplace as well."""

from tests.cases.services.conftest import market  # noqa: F401  (a fixture)
