"""The rows of recurrent networks, which the compiled kernel computes."""

from reviewlab.benchmarks.row import Row

LOOP = "the plain loop of `step`"

RECURRENT = {
    "step": Row(
        "training step: LSTM(8), batch 64, 500 words, 100 tokens, padding masked, all defaults",
        "the same network in a plain PyTorch loop over tensors in memory",
        "recurrent.step",
        limit=0.65,
        unit="ms",
        pairs=8,
    ),
    "step_gru": Row(
        "`step` with GRU(8)",
        LOOP,
        "recurrent.step",
        limit=0.25,
        unit="ms",
        pairs=5,
        overrides=("model=gru",),
    ),
    "step_rnn": Row(
        "`step` with RNN(8)",
        LOOP,
        "recurrent.step",
        limit=0.45,
        unit="ms",
        pairs=5,
        overrides=("model=rnn",),
    ),
    "long_lstm": Row(
        "training step: LSTM(128), 64 numbers per word, 400 tokens, `data.bucket_by_length=true`",
        "the plain loop of `step`, with all reviews padded to 400 tokens",
        "recurrent.long_step",
        limit=0.5,
        unit="ms",
        pairs=3,
    ),
    "long_gru": Row(
        "`long_lstm` with GRU(128)",
        "the plain loop of `long_lstm`",
        "recurrent.long_step",
        limit=0.4,
        unit="ms",
        pairs=3,
        overrides=("model=gru",),
    ),
    "long_both": Row(
        "`long_lstm` with two bidirectional layers of LSTM(64)",
        "the plain loop of `long_lstm`",
        "recurrent.long_step",
        limit=0.6,
        unit="ms",
        pairs=3,
        overrides=("model.hidden_size=64", "model.num_layers=2", "model.bidirectional=true"),
    ),
    "validation": Row(
        "validation of 5,000 reviews in a run of `step`",
        "outputs and loss of the plain network, without gradients",
        "recurrent.validation",
        limit=0.6,
        unit="s",
        pairs=15,
    ),
    "whole": Row(
        "`scripts/train.py experiment=imdb/gru`, 15 epochs, from the command to the result",
        "the same command with `model.kernel=torch`",
        "kernel.experiment",
        limit=0.3,
        unit="s",
        pairs=1,
    ),
    "load": Row(
        "first import of the compiled kernel and loading its library, after torch",
        "the same statements again",
        "kernel.load",
        limit=0.005,
        unit="ms",
        pairs=7,
        added=True,
        reviews=False,
        packages=("reviewlab.nn.kernels._recurrence",),
    ),
}
