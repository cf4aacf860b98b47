/** A part of a page below a line: its title, what is to be known of it, and what it shows. */

import type { ComponentChildren } from "preact";

export function ToldSection({
  title,
  note = "",
  children,
}: {
  title: string;
  note?: string;
  children: ComponentChildren;
}) {
  return (
    <section class="lepton-told" role="group" aria-label={title}>
      <div class="lepton-bar">
        <span class="lepton-title">{title}</span>
        {note !== "" && (
          <span class="lepton-muted lepton-small lepton-ellipsis" title={note}>
            {note}
          </span>
        )}
      </div>
      {children}
    </section>
  );
}
