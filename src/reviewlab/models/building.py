"""Build a classifier from the class names and arguments that a checkpoint stores."""

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict
from torch import Tensor

import reviewlab.models
import reviewlab.nn.objectives
from reviewlab.exceptions import InputError, first_line
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.models.limits import at_most, refuse_large
from reviewlab.nn.objectives import Arguments, Objective
from reviewlab.plugins import find_class, own_class
from reviewlab.runs.archive import refuse
from reviewlab.values import check_arguments


class Architecture(BaseModel):
    """The class names of a classifier and its objective, and the arguments of the objective."""

    model_config = ConfigDict(strict=True)

    classifier: str
    objective: str
    objective_arguments: Arguments


class Member(Architecture):
    """A classifier in an ensemble, with its arguments."""

    arguments: Arguments


class Found(NamedTuple):
    """The classes that a checkpoint names, and the arguments for both."""

    classifier: type[ReviewClassifier]
    objective: type[Objective]
    arguments: Arguments
    objective_arguments: Arguments


class Builder:
    """Builds classifiers with arbitrary weights, if the checkpoint has as many.

    Args:
        path: the checkpoint, for messages.
        weights: the weights of the checkpoint.
        labels: the names of the predicted classes.
    """

    def __init__(
        self, path: str | Path, weights: Mapping[str, Tensor], labels: Sequence[str]
    ) -> None:
        self.path = path
        self.weights = weights
        self.labels = labels

    def build(
        self, architecture: Architecture, arguments: Arguments, members: Sequence[Member]
    ) -> ReviewClassifier:
        """Build a classifier, after its members if it is an ensemble.

        Args:
            architecture: the class names.
            arguments: the arguments of the classifier.
            members: the members of an ensemble; empty for any other classifier.

        Raises:
            InputError: a class is unknown, does not accept its arguments, or needs other weights.
        """
        whole = self._find(architecture, arguments)
        parts = [self._find(member, member.arguments) for member in members]
        elsewhere = sum(self._bytes_elsewhere(found) for found in (*parts, whole))
        numbers = sum(weight.numel() for weight in self.weights.values())
        with at_most(len(self.weights) + elsewhere // 64, numbers + elsewhere):
            if not members:
                return self._build(whole)
            self._attempt(whole.classifier, lambda: check_arguments(whole.classifier, arguments))
            for name in ("weights", "texts"):
                if len(arguments.get(name, ())) != len(members):
                    refuse(self.path, f"is damaged: {len(members)} members do not fit its {name}")
            return self._build(whole, members=[*map(self._build, parts)])

    def _find(self, architecture: Architecture, arguments: Arguments) -> Found:
        own = architecture.objective_arguments
        found = Found(
            self._class("classifier", architecture.classifier, ReviewClassifier, reviewlab.models),
            self._class("objective", architecture.objective, Objective, reviewlab.nn.objectives),
            arguments,
            own,
        )
        classes = own.get("num_classes")
        if type(classes) is not int or classes != len(self.labels):
            refuse(self.path, f"is damaged: {classes} classes and {len(self.labels)} label names")
        return found

    def _class(self, kind: str, name: str, base: type, package: ModuleType) -> Any:
        """Return the class with this name, or with this dotted name if it is in a plugin.

        Args:
            kind: the word for it in a message, such as `classifier`.
            name: the name in the checkpoint.
            base: the class that it must derive from.
            package: the package that defines ours.
        """
        try:  # only modules that an installed package declares are imported
            found = find_class(name, base) if "." in name else _class_in(package, base, name)
        except InputError as error:
            refuse(self.path, str(error))
        if found is None:
            refuse(self.path, f"needs the {kind} {name!r}, which this reviewlab does not have")
        return found

    def _bytes_elsewhere(self, found: Found) -> int:
        try:
            return found.classifier.bytes_elsewhere(found.arguments)
        except InputError as error:
            refuse(self.path, f"lacks the weights of its base, which cannot be read: {error}")

    def _build(self, found: Found, **built: Any) -> ReviewClassifier:
        objective = self._call(found.objective, found.objective_arguments)
        self._attempt(found.classifier, lambda: refuse_large(found.arguments, self.weights))
        classifier: ReviewClassifier = self._call(
            found.classifier, found.arguments, objective=objective, **built
        )
        return classifier

    def _call(self, kind: Any, arguments: Arguments, **built: Any) -> Any:
        """Build an object from arguments that its signature allows.

        Args:
            kind: the class.
            arguments: plain values for the constructor, from the checkpoint.
            built: arguments that are built already.
        """
        self._attempt(kind, lambda: check_arguments(kind, arguments))
        return self._attempt(kind, lambda: kind(**arguments, **built))

    def _attempt(self, kind: type, make: Callable[[], Any]) -> Any:
        try:
            return make()
        except Exception as error:  # arguments of another version can break a constructor anywhere
            reason = first_line(error)
            refuse(self.path, f"has arguments that {kind.__name__} does not accept ({reason})")


def _class_in(package: ModuleType, base: type, name: str) -> Any:
    # It has to be defined in a module of the package, and not only imported there.
    modules = (module.name for module in pkgutil.iter_modules(package.__path__))
    candidates = (own_class(f"{package.__name__}.{module}", base, name) for module in modules)
    return next((candidate for candidate in candidates if candidate is not None), None)
