"""Pictures of what a model learns, for TensorBoard: `callbacks=inspect`."""

from reviewlab.inspection.attention import AttentionMaps
from reviewlab.inspection.config import ConfigText
from reviewlab.inspection.convolution import ConvolutionFilters
from reviewlab.inspection.corpus import CorpusFigures
from reviewlab.inspection.gradient_flow import GradientFlow
from reviewlab.inspection.held_out import HeldOut
from reviewlab.inspection.image_filters import ImageFilters
from reviewlab.inspection.projector import EmbeddingProjector
from reviewlab.inspection.weights import WeightHistograms

__all__ = [
    "AttentionMaps",
    "ConfigText",
    "ConvolutionFilters",
    "CorpusFigures",
    "EmbeddingProjector",
    "GradientFlow",
    "HeldOut",
    "ImageFilters",
    "WeightHistograms",
]
