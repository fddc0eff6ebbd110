"""The attention that a model pays to the words of a text."""

import numpy as np
import torch

from reviewlab.explaining.reading import Reading, together
from reviewlab.models.classifier import ReviewClassifier


@torch.inference_mode()
def word_attention(classifier: ReviewClassifier, reading: Reading) -> list[float | None] | None:
    """Return the model's attention to each word of a text, summed over the word's tokens.

    Args:
        classifier: the classifier, on the CPU.
        reading: the text, with its words and token ids.

    Returns:
        One weight per word, which is None if the word was cut off. For a model without attention,
        None instead of the list.
    """
    weigh = getattr(classifier, "attention_weights", None)
    if weigh is None:
        return None
    batch = together([reading.ids]).gather(np.zeros(1, np.int64), classifier.text_encoder)
    weights = weigh(*batch.inputs)[0][batch.inputs.mask[0]].tolist()
    return [
        sum(weights[place] for place in word.places) if word.places else None
        for word in reading.words
    ]
