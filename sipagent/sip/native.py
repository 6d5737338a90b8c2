"""The one place that imports pjsua2, the project's own wheel (D1)."""

from types import ModuleType

from sipagent.errors import WheelMissing


def pjsua2() -> ModuleType:
    """The native module. Raises ``WheelMissing`` if it, or its ``PcmPort``, is not there."""
    try:
        import pjsua2
    except ImportError as error:
        raise WheelMissing(f"pjsua2 is not installed ({error}); run: make setup") from None
    if not hasattr(pjsua2, "PcmPort"):
        raise WheelMissing("this pjsua2 is not the project's own; run: make setup")
    module: ModuleType = pjsua2
    return module
