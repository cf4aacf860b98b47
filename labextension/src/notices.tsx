/** Sentences that should be read first, each with a mark. */

const SHOWN_NOTICES = 3;

/** A triangle, in the colour of what it stands in. */
export function WarningMark() {
  return (
    <svg class="lepton-mark" viewBox="0 0 10 10" aria-hidden="true">
      <path d="M5 .8L9.6 9.2H.4z" fill="currentColor" />
    </svg>
  );
}

interface NoticesProps {
  notices: readonly string[];
  /** Says how many older ones are left out; without it none is. */
  more?: (count: number) => string;
}

export function Notices({ notices, more }: NoticesProps) {
  if (notices.length === 0) return null;
  const shown = more === undefined ? notices : notices.slice(-SHOWN_NOTICES);
  const rest = notices.length - shown.length;
  return (
    <ul class="lepton-notices">
      {shown.map((notice, place) => (
        <li key={place}>
          <WarningMark />
          <span>
            {notice}
            {more !== undefined && rest > 0 && place === shown.length - 1 && (
              <span class="lepton-muted">{` ${more(rest)}`}</span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
