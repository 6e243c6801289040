"""A friendly word when the service's packages are not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hinge_check.errors import UsageError


@contextmanager
def service_extra() -> Iterator[None]:
    """Around the imports of `api`: says how to install what is missing.

    Raises
    ------
    UsageError
        A package of the extra 'service' is not there.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("hinge_check"):
            raise
        raise UsageError(
            f"The service needs packages that are not installed ({error.name}). "
            "Install them with: pip install 'hinge-check[service]'"
        ) from error
