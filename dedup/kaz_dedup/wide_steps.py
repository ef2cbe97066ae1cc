"""Sixty-four bytes of text to codes at once, on processors with AVX-512 VBMI2.

What `decoding` and `letter_codes` do with a dozen loops is here one lookup in tables of 128 bytes
that lie in registers, and one instruction that moves what counts together. The result is the same;
which way is taken depends on the processor alone.
"""

from __future__ import annotations

from typing import Any, Final

import llvmlite.binding as llvm
import numba
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

LANES: Final = 64
WRONG: Final = 1
OTHER: Final = 2

SEPARATOR: Final = 0xC0
"""The code between words. No letter has it: front letters (0x80) are no tellers (0x40)."""
UNKNOWN: Final = 0xFF
"""In the tables: a letter that is not for this way."""

# Places of the tables, in vectors.
ASCII: Final = 0
ONLY: Final = 2
FIRST: Final = 6
LIMITS: Final = 10
TABLES: Final = 11

_NEEDED = ("avx512f", "avx512bw", "avx512vbmi", "avx512vbmi2")
# Numba does not type them.
_cgutils: Any = cgutils
_types: Any = types
_BYTE = ir.IntType(8)
_BITS = ir.IntType(64)
_VECTOR = ir.VectorType(_BYTE, LANES)


def is_wide() -> bool:
    """Whether code for this processor may use what is needed."""
    config: Any = numba.config
    if config.DISABLE_JIT or config.CPU_NAME or config.CPU_FEATURES:
        return False
    found = llvm.get_host_cpu_features()
    return all(found.get(name) for name in _NEEDED)


def _wide_step(
    context: Any, data: Any, at: Any, tables: Any, codes: Any, place: Any
) -> tuple[Any, Any]:
    """Append the codes of 64 bytes of `data` from `at` on to `codes` at `place`.

    Three bytes before and one behind must be there, and room for 64 codes. Returns whether a
    character is not UTF-8 (`WRONG`) or not for this way (`OTHER`), how many codes there are, the
    bits of those that are separators, and how many these are.
    """
    result = _types.UniTuple(_types.uint64, 4)
    arguments = result(data, at, tables, codes, place)

    def build(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        def pointer(number: int, index: Any) -> Any:
            made = context.make_array(signature.args[number])(context, builder, values[number])
            start = builder.bitcast(made.data, ir.IntType(8).as_pointer())
            return builder.gep(start, [index])

        step = _Step(builder, pointer(0, values[1]), pointer(2, ir.Constant(_BITS, 0)))
        found = step.codes()
        kept = builder.icmp_unsigned("!=", found, _splat(0))
        drawn = step.call("llvm.x86.avx512.mask.compress.v64i8", _VECTOR, [found, _splat(0), kept])
        target = builder.bitcast(pointer(3, values[4]), _VECTOR.as_pointer())
        builder.store(drawn, target, align=1)
        separators = builder.bitcast(builder.icmp_unsigned("==", drawn, _splat(SEPARATOR)), _BITS)
        flags = builder.or_(
            builder.select(step.any(step.wrong()), _number(WRONG), _number(0)),
            builder.select(step.any(step.other(found)), _number(OTHER), _number(0)),
        )
        count = step.call("llvm.ctpop.i64", _BITS, [builder.bitcast(kept, _BITS)])
        words = step.call("llvm.ctpop.i64", _BITS, [separators])
        return _cgutils.pack_array(builder, [flags, count, separators, words])

    return arguments, build


wide_step: Any = intrinsic(_wide_step)


def _splat(value: int) -> ir.Constant:
    return ir.Constant(_VECTOR, [value] * LANES)


def _number(value: int) -> ir.Constant:
    return ir.Constant(_BITS, value)


class _Step:
    """The instructions for one vector of bytes."""

    def __init__(self, builder: Any, data: Any, tables: Any) -> None:
        self._builder, self._tables = builder, tables
        self._byte, self._one, self._two, self._three, self._next = (
            self._load(data, offset) for offset in (0, -1, -2, -3, 1)
        )

    def codes(self) -> Any:
        """The code of each byte; 0 where it has none."""
        b = self._builder
        ends = self._alike(self._masked(self._one, 0xFC), 0xD0)
        begins = self._alike(self._masked(self._byte, 0xFC), 0xD0)
        only = self._of_letter(ONLY, self._one, self._byte)
        first = self._of_letter(FIRST, self._byte, self._next)
        sign = b.or_(self._alike(self._one, 0xC2), self._alike(self._two, 0xE2))
        sign = b.or_(sign, self._alike(self._three, 0xF0))
        found = b.select(sign, _splat(SEPARATOR), _splat(0))
        found = b.select(begins, first, found)
        found = b.select(ends, only, found)
        # One separator is as good as two: a space after another, or after !"#$%&'()*+,-./ goes.
        needless = b.and_(self._below(self._byte, 0x21), self._below(self._one, 0x30))
        plain = self._lookup(ASCII, self._byte)
        plain = b.select(needless, _splat(0), plain)
        return b.select(self._below(self._byte, 0x80), plain, found)

    def wrong(self) -> Any:
        """Where a continuation byte is missing, or is where none may be."""
        b = self._builder
        wanted = b.or_(self._from(self._one, 0xC0), self._from(self._two, 0xE0))
        wanted = b.or_(wanted, self._from(self._three, 0xF0))
        inside = b.and_(self._from(self._byte, 0x80), self._below(self._byte, 0xC0))
        return b.xor(wanted, inside)

    def other(self, codes: Any) -> Any:
        """Where a character takes the other way: most letters that are neither ASCII nor Kazakh."""
        b = self._builder
        byte, one, two = self._byte, self._one, self._two
        led = b.or_(self._alike(self._masked(byte, 0xFC), 0xD0), self._alike(byte, 0xC2))
        led = b.or_(led, b.or_(self._alike(byte, 0xE2), self._alike(byte, 0xF0)))
        found = b.and_(self._from(byte, 0xC0), b.not_(led))
        found = b.or_(found, self._alike(codes, UNKNOWN))
        # Of U+0080 to U+00BF some are letters and digits, all but ª from U+00B2 on.
        odd = b.or_(self._alike(byte, 0xAA), self._from(byte, 0xB2))
        odd = b.and_(odd, b.not_(b.or_(self._alike(byte, 0xB7), self._alike(byte, 0xBB))))
        found = b.or_(found, b.and_(self._alike(one, 0xC2), odd))
        limit = self.call("llvm.x86.avx512.permvar.qi.512", _VECTOR, [self._table(LIMITS), one])
        beyond = b.icmp_unsigned(">=", byte, limit)
        number_sign = b.and_(self._alike(one, 0x84), self._alike(byte, 0x96))  # №, U+2116
        beyond = b.and_(beyond, b.not_(number_sign))
        found = b.or_(found, b.and_(self._alike(two, 0xE2), beyond))
        # Letters of U+1F000 to U+1FFFF: see `decoding`.
        rare = b.or_(self._alike(byte, 0x84), self._alike(byte, 0xAF))
        rare = b.or_(rare, b.not_(self._alike(one, 0x9F)))
        return b.or_(found, b.and_(self._alike(two, 0xF0), rare))

    def any(self, flags: Any) -> Any:
        """Whether one of the flags is set."""
        return self._builder.icmp_unsigned("!=", self._builder.bitcast(flags, _BITS), _number(0))

    def call(self, name: str, result: Any, values: list[Any]) -> Any:
        """Call one of LLVM's own functions."""
        kind = ir.FunctionType(result, [value.type for value in values])
        function = _cgutils.get_or_insert_function(self._builder.module, kind, name)
        return self._builder.call(function, values)

    def _of_letter(self, place: int, lead: Any, byte: Any) -> Any:
        """From the table of the letters U+0400 to U+04FF, that of two bytes."""
        b = self._builder
        low = b.or_(b.shl(lead, _splat(6)), self._masked(byte, 0x3F))
        lower, upper = self._lookup(place, low), self._lookup(place + 2, low)
        return b.select(self._from(low, 0x80), upper, lower)

    def _lookup(self, place: int, index: Any) -> Any:
        """From 128 bytes, by the lower 7 bits."""
        tables = [self._table(place), index, self._table(place + 1)]
        return self.call("llvm.x86.avx512.vpermi2var.qi.512", _VECTOR, tables)

    def _table(self, place: int) -> Any:
        return self._load(self._tables, place * LANES)

    def _load(self, data: Any, offset: int) -> Any:
        b = self._builder
        at = b.gep(data, [_number(offset)])
        return b.load(b.bitcast(at, _VECTOR.as_pointer()), align=1)

    def _masked(self, vector: Any, mask: int) -> Any:
        return self._builder.and_(vector, _splat(mask))

    def _alike(self, vector: Any, value: int) -> Any:
        return self._builder.icmp_unsigned("==", vector, _splat(value))

    def _below(self, vector: Any, value: int) -> Any:
        return self._builder.icmp_unsigned("<", vector, _splat(value))

    def _from(self, vector: Any, value: int) -> Any:
        return self._builder.icmp_unsigned(">=", vector, _splat(value))
