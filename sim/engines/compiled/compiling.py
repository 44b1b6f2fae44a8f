"""How the kernel is compiled: by functions that divide as C does, over views without an owner.

Compiled code counts the references to an array at every call it is handed to; a view that owns nothing has no count,
which made the kernel several times faster. The arrays must outlive the call, which they do: the caller holds them.
Only the kernel's entry is kept in the compiler's cache (`kernel.py`): the cache looks at one source file, so that what
is cached may call nothing that stands in another and is cached too.
"""

from typing import Any

from numba import njit
from numba.core import cgutils
from numba.extending import intrinsic, overload

compiled = njit(error_model="numpy")


def unowned(array: Any) -> Any:
    """The same numbers, without an owner; interpreted code is handed the array itself."""
    return array


@intrinsic
def _without_owner(_context: Any, array: Any) -> Any:
    def made(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = signature.args[0]
        view = cgutils.create_struct_proxy(kind)(context, builder, value=arguments[0])
        view.meminfo = cgutils.get_null_value(view.meminfo.type)
        view.parent = cgutils.get_null_value(view.parent.type)
        return view._getvalue()
    return array(array), made


@overload(unowned)
def _view_of(array: Any) -> Any:
    def view(array: Any) -> Any:
        return _without_owner(array)
    return view
