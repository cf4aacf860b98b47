from __future__ import annotations

import re
from dataclasses import replace

from golden.write_golden import forms

from lepton_jupyter.events.encoding import decode_message
from lepton_jupyter.views.form_page import form_html, form_text

FORM = decode_message(forms()["FormMessage"])


def test_a_saved_form_holds_its_line_to_be_copied():
    html = form_html(FORM)
    assert "--drop customer_id,&quot;总 价&quot; --folds 5</code>" in html
    assert form_text(FORM).splitlines()[1] == FORM.line


def test_text_from_data_is_never_markup():
    hostile = "<img src=x onerror=alert(1)>"
    html = form_html(replace(FORM, line=hostile, target_note=hostile, frame_note=hostile))
    assert set(re.findall(r"<(\w+)", html)) == {"div", "b", "span", "pre", "code"}


def test_a_form_that_was_started_says_so():
    assert "started" not in form_html(FORM)
    assert "started" in form_html(replace(FORM, state="started"))
