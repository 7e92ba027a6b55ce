"""How a kernel is compiled: once for a machine, kept on disk, and compiled anew when it or one it calls has changed.

This is the only module that speaks of numba's options and of its cache. The cache lies where the environment's
NUMBA_CACHE_DIR says, else beside the source, else (an installation nobody may write to) in the user's own cache folder;
numba looks for the first of these that can be written. Where there is none, or the disk is full, the kernel is compiled
anew in each process, and nothing else changes.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from typing import Any, TypeVar

from numba import njit
from numba.core.caching import FunctionCache
from numba.core.dispatcher import Dispatcher

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def compiled(kernel: Kernel) -> Kernel:
    """The kernel as machine code: without the interpreter's lock, with IEEE division (x/0 is infinite, no exception).

    Never with fastmath: a sum must not depend on how a processor likes to group it.
    """
    dispatcher: Any = njit(nogil=True, error_model="numpy")(kernel)
    if dispatcher is not kernel:  # as NUMBA_DISABLE_JIT leaves it
        with suppress(RuntimeError):  # no folder at all that can be written
            dispatcher._cache = _KeptWithItsCallees(kernel)
    return dispatcher


def inlined(kernel: Kernel) -> Kernel:
    """A few lines that are put in the place of their call, so that a loop around them can work on many at a time."""
    return njit(inline="always", nogil=True, error_model="numpy")(kernel)  # type: ignore[return-value]


class _KeptWithItsCallees(FunctionCache):
    """Numba's cache on disk, which by itself would not see that a kernel in another file has changed."""

    def _index_key(self, sig: Any, codegen: Any) -> Any:
        texts = "\0".join(_texts(self._py_func, set()))
        return super()._index_key(sig, codegen), sha256(texts.encode()).hexdigest()

    def save_overload(self, sig: Any, data: Any) -> None:
        with suppress(OSError):
            super().save_overload(sig, data)


def _texts(kernel: Any, seen: set[Any]) -> Iterator[str]:
    """The source of a kernel, of every kernel it calls, and the numbers it takes from its module."""
    seen.add(kernel)
    yield inspect.getsource(kernel)
    for name in kernel.__code__.co_names:
        value = kernel.__globals__.get(name)
        if isinstance(value, int | float):
            yield f"{name}={value!r}"
        elif isinstance(value, Dispatcher) and value.py_func not in seen:
            yield from _texts(value.py_func, seen)
