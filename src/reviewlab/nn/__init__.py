"""Encoders, objectives and initialisers, in torch alone."""

from reviewlab.nn.attention import AdditiveAttention, AttentionEncoder
from reviewlab.nn.bag import BagRecurrentEncoder
from reviewlab.nn.convolution import ConvolutionEncoder, ConvolutionRecurrentEncoder
from reviewlab.nn.encoder import Encoder
from reviewlab.nn.image import ImageConvolutionEncoder
from reviewlab.nn.init import initialise
from reviewlab.nn.lora import LoRA
from reviewlab.nn.mlp import FeedForwardEncoder, MeanEmbedding, MultiHot, TokenIds
from reviewlab.nn.ngrams import NgramSum
from reviewlab.nn.objectives import BCE, MSE, CrossEntropy, Objective, Ordinal
from reviewlab.nn.pretrained import PretrainedEncoder
from reviewlab.nn.recurrent import RecurrentEncoder
from reviewlab.nn.transformer import TransformerEncoder

__all__ = [
    "BCE",
    "MSE",
    "AdditiveAttention",
    "AttentionEncoder",
    "BagRecurrentEncoder",
    "ConvolutionEncoder",
    "ConvolutionRecurrentEncoder",
    "CrossEntropy",
    "Encoder",
    "FeedForwardEncoder",
    "ImageConvolutionEncoder",
    "LoRA",
    "MeanEmbedding",
    "MultiHot",
    "NgramSum",
    "Objective",
    "Ordinal",
    "PretrainedEncoder",
    "RecurrentEncoder",
    "TokenIds",
    "TransformerEncoder",
    "initialise",
]
