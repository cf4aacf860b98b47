"""The target of a profile: its classes as one bar, or its histogram; their colours are the key of all pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.views.column_ranges import share_text, value_text
from lepton_jupyter.views.number_format import count
from lepton_jupyter.views.plain_text import safe
from lepton_jupyter.views.profile_pictures import small_picture, spoken
from lepton_jupyter.views.profile_sentences import target_text

if TYPE_CHECKING:
    from lepton_jupyter.events.profile_messages import ProfiledTarget


def target_html(target: ProfiledTarget | None) -> str:
    """The section of a page; empty without a target."""
    if target is None:
        return ""
    title = f'<span class="title">Target <code>{safe(target.name, 80)}</code></span>'
    words = f'<span class="q">{safe(target_text(target), 300)}</span>'
    body = _class_bar(target) if target.n_classes else _histogram(target)
    notes = "".join(f'<div class="q">{safe(each, 300)}</div>' for each in target.notes)
    return f'<div class="part">{title} {words}{body}{notes}</div>'


def _class_bar(target: ProfiledTarget) -> str:
    picture = target.picture
    total = sum(picture.counts) + picture.rest
    second = picture.second or (0,) * len(picture.counts)
    parts = [(label, n, bool(part)) for label, n, part in zip(picture.labels, picture.counts, second, strict=True)]
    bars = "".join(f'<span{" class=t" if accent else ""} style="flex:{n}"></span>' for _, n, accent in parts)
    bars += f'<span class="o" style="flex:{picture.rest}"></span>' if picture.rest else ""
    two = len(parts) == 2 and not picture.rest
    keys = " ".join(_key(label, n, total, wide=two, accent=accent and not two) for label, n, accent in parts)
    if picture.rest:
        others = f"{count(target.n_classes - len(parts))} others {count(picture.rest)}"
        keys += f' <span class="q">{others}, {share_text(picture.rest, total)}</span>'
    says = safe(", ".join(f"{label} {share_text(n, total)}" for label, n, _ in parts), 300)
    return (
        f'<div class="bar" role="img" aria-label="{says}">{bars}</div>'
        f'<div class="keys{" two" if two else ""}">{keys}</div>'
    )


def _key(label: str, n: int, total: int, *, wide: bool, accent: bool) -> str:
    style = f' style="flex:{n}"' if wide else ""  # below its own part of the bar
    colour = ' style="color:var(--accent)"' if accent else ""
    figures = f'<span class="q">{count(n)}, {share_text(n, total)}</span>'
    return f'<span{style} title="{safe(label)}"><b{colour}>{safe(label, 40)}</b> {figures}</span>'


def _histogram(target: ProfiledTarget) -> str:
    figures = target.figures
    if figures is None:
        return ""
    picture = small_picture(target.picture, 0, safe(spoken(target.picture, target.second_label)))
    ends = (figures.minimum, figures.median, figures.maximum)
    low, median, high = (value_text(value, figures, "number") for value in ends)
    words = f"<span>{safe(f'{low} … {high}, median {median}')}</span>"
    key = '<span><b style="color:var(--accent)">upper half</b></span>'
    return f'<div class="keys" style="align-items:center;padding-top:4px">{picture} {words} {key}</div>'
