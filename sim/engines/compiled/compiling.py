"""How the kernel is compiled: by functions that divide as C does, over bare pointers.

Compiled code counts the references to an array at every call it is handed to, and hands it on as seven words; a
pointer is one word and has no count, which made the kernel four to six times faster. It has no length either: the
room of each array stands in `run`. The arrays must outlive the call, which they do: the caller holds them.

Only the kernel's entry is kept in the compiler's cache (`kernel.py`): the cache looks at one source file, so that what
is cached may call nothing that stands in another and is cached too.
"""

from typing import Any

from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic, overload
from numba.np.arrayobj import make_array, populate_array

# Called from compiled code only: a way in from Python for each would take a tenth of the time it takes to compile.
inner: dict[str, Any] = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
compiled = njit(**inner)
inlined = njit(**inner, forceinline=True)     # what most events go through: a quarter faster


def pointer(array: Any) -> Any:
    """The numbers of a flat array, to be read and written by offset; interpreted code is handed the array itself."""
    return array


def view(numbers: Any, first: int, many: int) -> Any:
    """`many` numbers from `first` on, as an array that owns nothing."""
    return numbers[first:first + many]


@intrinsic
def _pointer(_context: Any, array: Any) -> Any:
    def made(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return make_array(signature.args[0])(context, builder, arguments[0]).data
    return types.CPointer(array.dtype)(array), made


@intrinsic
def _view(_context: Any, numbers: Any, first: Any, many: Any) -> Any:
    kind = types.Array(numbers.dtype, 1, "C")

    def made(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        start, offset, length = arguments
        array = make_array(kind)(context, builder)
        itemsize = context.get_constant(types.intp, context.get_abi_sizeof(context.get_data_type(numbers.dtype)))
        populate_array(array, data=builder.gep(start, [offset]), shape=cgutils.pack_array(builder, [length]),
                       strides=cgutils.pack_array(builder, [itemsize]), itemsize=itemsize, meminfo=None)
        return array._getvalue()
    return kind(numbers, types.intp, types.intp), made


@overload(pointer)
def _compiled_pointer(array: Any) -> Any:
    def found(array: Any) -> Any:
        return _pointer(array)
    return found


@overload(view)
def _compiled_view(numbers: Any, first: Any, many: Any) -> Any:
    def found(numbers: Any, first: Any, many: Any) -> Any:
        return _view(numbers, first, many)
    return found
