"""This machine's code generator: LLVM's text becomes functions at addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from ctypes import CDLL, c_void_p, cast
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from .cache import kept
from .extras import llvmlite, numpy
from .program import FUNCTIONS

CODEGEN, HASTY = 1, 0
"""LLVM's levels of code generation: higher ones take longer and gain nothing here; the lower one takes a fifth of the time,
and its code runs three times as long."""

PATIENCE: Final = 1_000_000
"""Calls of so many operations let other threads run meanwhile."""

LIBRARIES = (None, "libm.so.6", "ucrtbase")
"""Where C's functions of math.h are: in the running process, as on macOS; in glibc's file; in Windows' own."""


@cache
def ready() -> Any:
    """llvmlite, with this machine's code generator, and with the functions of math.h by name.

    Raises:
        ImportError: llvmlite or NumPy is not installed, or a function of math.h is not found.
    """
    binding = llvmlite()
    numpy()  # what is compiled was scheduled on arrays
    with suppress(RuntimeError):  # newer versions do this by themselves, and say so
        binding.initialize()
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    missing = {*FUNCTIONS, "pow"}
    for library in LIBRARIES:
        with suppress(OSError, TypeError):
            functions = CDLL(library)
            for name in sorted(missing):
                if hasattr(functions, name):
                    binding.add_symbol(name, cast(getattr(functions, name), c_void_p).value)
                    missing.remove(name)
    if missing:
        raise ImportError(f"this system's C library has no {', '.join(sorted(missing))}, which machine code calls")
    return binding


@cache
def width() -> int:
    """How many numbers a vector of this machine holds."""
    features = ready().get_host_cpu_features()
    return 8 if features.get("avx512f") else 4 if features.get("avx") else 2


@cache
def fused() -> bool:
    """Whether this machine multiplies and adds in one instruction; every 64-bit ARM does."""
    return bool(ready().get_host_cpu_features().get("fma")) or ready().get_default_triple().startswith(("aarch64", "arm64"))


def assembled(
    text: str, names: Sequence[str], level: int = CODEGEN, parts: Mapping[str, tuple[str, str]] = MappingProxyType({})
) -> tuple[Any, list[int]]:
    """Machine code from LLVM's text: what keeps it alive, and the addresses of the functions named.

    The same numbers come out at each level.

    Args:
        parts: functions that the text declares only, each with the text that defines it and its name there. They become one
            with what calls them, and so does all that the text knows of what it calls them with.
    """
    binding = ready()
    cpu, features = binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()
    target = binding.Target.from_default_triple().create_target_machine(cpu=cpu, features=features, opt=level, jit=True)

    def make() -> bytes:
        module = binding.parse_assembly(text)
        for name, (named, part) in parts.items():
            other = binding.parse_assembly(part)
            other.get_function(named).name = name
            module.link_in(other)
            module.get_function(name).linkage = "internal"
        if parts:
            builder = binding.create_pass_builder(target, binding.create_pipeline_tuning_options(speed_level=2))
            builder.getModulePassManager().run(module, builder)
        code: bytes = target.emit_object(module)
        return code

    version = ".".join(map(str, binding.llvm_version_info))
    all_texts = [text, *[field for name, part in parts.items() for field in (name, *part)]]
    code = kept((version, target.triple, cpu, features, str(level), *all_texts), make)
    engine = binding.create_mcjit_compiler(binding.parse_assembly(""), target)
    engine.add_object_file(binding.ObjectFileRef.from_data(code))
    engine.finalize_object()
    alive = numpy().empty(1, dtype=object)  # hides them from the collector: other garbage may still call this code
    alive[0] = engine, target
    return alive, [engine.get_function_address(name) for name in names]
