"""An explanation as one HTML file: no script, nothing from elsewhere, light or dark."""

from html import escape
from unicodedata import category

from reviewlab.explaining.explanation import Explanation
from reviewlab.explaining.legible import spelt
from reviewlab.explaining.lines import FAINT, ends, head, pieces, remarks

STRONGEST_GROUND = 0.55
"""Opacity of the colour behind the strongest word: the word stays legible on it."""

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""They would turn round what stands behind them."""

STYLE = """
:root{color-scheme:light dark;--for:60 130 240;--against:235 120 40}
body{font:16px/1.7 system-ui,sans-serif;margin:2rem auto;max-width:48rem;padding:0 1rem}
h1{font-size:1.5rem;line-height:1.3}
.text{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #8886;padding:1rem}
.text span,.key span{border-radius:.2em;padding:.1em 0}.key span{padding:.1em .5em}
.for{background:rgb(var(--for)/var(--a))}
.against{background:rgb(var(--against)/var(--a));text-decoration:underline}
.unread{opacity:.55;text-decoration:line-through}.unknown{font-style:italic}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.1rem .8rem;border-bottom:1px solid #8884;text-align:right}
th:last-child,td:last-child{text-align:left;overflow-wrap:anywhere}
summary{cursor:pointer}
@media print{*{print-color-adjust:exact}}
"""


def page(explanation: Explanation) -> str:
    """The whole file."""
    title, *rest = head(explanation)
    said = [*rest, *remarks(explanation)]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style></head><body>\n"
        f"<h1>{escape(title)}</h1>\n"
        f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in said)}</ul>\n"
        f'<p class="text">{_text(explanation)}</p>\n'
        f"{_key(explanation)}{_table(explanation)}</body></html>\n"
    )


def _key(explanation: Explanation) -> str:
    against, towards = ends(explanation)
    return (
        f'<p class="key"><span class="against" style="--a:{STRONGEST_GROUND}">{escape(against)}'
        f'</span> <span class="for" style="--a:{STRONGEST_GROUND}">{escape(towards)}</span>'
        " stronger colour, larger share; italics: not in the vocabulary;"
        " struck through: not read</p>\n"
    ) * bool(explanation.reading.words)


def _text(explanation: Explanation) -> str:
    shares, words = explanation.shares, explanation.reading.words
    shown = []
    for piece, number, strength in pieces(explanation):
        if number is None:
            shown.append(escape(_sound(piece)))
            continue
        share = shares[number]
        classes = _side(strength) + " unknown" * (not words[number].known)
        said = "not read" if share is None else f"{share:+.1%}"
        ground = STRONGEST_GROUND * abs(strength or 0.0)
        shown.append(
            f'<span class="{classes}" style="--a:{ground:.3f}" title="{said}">'
            f"{escape(_sound(piece))}</span>"
        )
    return "".join(shown)


def _side(strength: float | None) -> str:
    if strength is None:
        return "unread"
    return "faint" if abs(strength) < FAINT else "for" if strength > 0 else "against"


def _table(explanation: Explanation) -> str:
    rows = [
        f"<tr><td>{number}</td><td>{share:+.1%}</td><td>{effect:+.4f}</td>"
        f"<td>{escape(spelt(explanation.reading.spelling(word)))}</td></tr>"
        for number, (word, effect, share) in enumerate(
            zip(explanation.reading.words, explanation.effects, explanation.shares, strict=True), 1
        )
        if effect is not None and share is not None
    ]
    heads = ("place", "share", "effect", "word")
    titles = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return (
        f"<details><summary>all {len(rows):,} words that were read, with their shares</summary>\n"
        f"<table><thead><tr>{titles}</tr></thead><tbody>\n" + "\n".join(rows) + "\n"
        "</tbody></table></details>\n"
    ) * bool(rows)


def _sound(text: str) -> str:
    """What HTML has no place for, replaced: control characters, lone surrogates, bidi controls."""
    return "".join("\ufffd" if _harmful(c) else c for c in text.replace("\r", ""))


def _harmful(character: str) -> bool:
    return character in BIDI or (category(character) in {"Cc", "Cs"} and character not in "\n\t")
