"""The kernel that the recurrent layers of a module run."""

from torch import nn

from reviewlab.nn.kernels.choice import Choice


def kernel_of(module: nn.Module) -> Choice | None:
    """Return the kernel of a module; None if it has no recurrent layers."""
    kernels = (getattr(part, "kernel", None) for part in module.modules())
    return next((kernel for kernel in kernels if isinstance(kernel, Choice)), None)


def use_kernel(module: nn.Module, kernel: Choice) -> None:
    """Make all recurrent layers of a module run a kernel."""
    for part in module.modules():
        if isinstance(getattr(part, "kernel", None), Choice):
            part.kernel = kernel  # type: ignore[assignment]
