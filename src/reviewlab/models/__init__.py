"""All classifiers, and `load_classifier`, which loads one from a checkpoint."""

from reviewlab.models.bag_lstm import BagLSTMClassifier
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.models.cnn import CNNClassifier
from reviewlab.models.cnn_lstm import CNNLSTMClassifier
from reviewlab.models.ensemble import EnsembleClassifier
from reviewlab.models.image_cnn import ImageCNNClassifier
from reviewlab.models.loading import load_classifier
from reviewlab.models.lstm_attention import LSTMAttentionClassifier
from reviewlab.models.mlp import MLPClassifier
from reviewlab.models.ngram import NgramClassifier
from reviewlab.models.pretrained import PretrainedClassifier
from reviewlab.models.rnn import GRUClassifier, LSTMClassifier, RNNClassifier
from reviewlab.models.transformer import TransformerClassifier

__all__ = [
    "BagLSTMClassifier",
    "CNNClassifier",
    "CNNLSTMClassifier",
    "EnsembleClassifier",
    "GRUClassifier",
    "ImageCNNClassifier",
    "LSTMAttentionClassifier",
    "LSTMClassifier",
    "MLPClassifier",
    "NgramClassifier",
    "PretrainedClassifier",
    "RNNClassifier",
    "ReviewClassifier",
    "TransformerClassifier",
    "load_classifier",
]
