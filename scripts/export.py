"""Write a checkpoint in a form that other programs read.

python scripts/export.py checkpoint=best.ckpt output=model.onnx
python scripts/export.py checkpoint=outputs/sweeps/learning_rate output=model/
"""

from reviewlab.cli.export import main

if __name__ == "__main__":
    main()
