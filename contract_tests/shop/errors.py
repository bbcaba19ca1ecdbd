"""What can go wrong, in words for the visitor and with the HTTP status that says the same."""

from starlette.exceptions import HTTPException


class ShopError(HTTPException):
    """The shop cannot do what was asked."""


class DinteroError(ShopError):
    """Dintero could not be reached (`answered` is 0) or refused with that HTTP status."""

    def __init__(self, message: str, answered: int = 0) -> None:
        super().__init__(502, message)
        self.is_refusal = 400 <= answered < 500
