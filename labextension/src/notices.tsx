/** Sentences that should be read first: the newest few, and how many more there are. */

import { TEXTS } from "./texts";

const SHOWN_NOTICES = 3;

export function Notices({ notices }: { notices: string[] }) {
  if (notices.length === 0) return null;
  const rest = notices.length - SHOWN_NOTICES;
  return (
    <ul class="lepton-notices">
      {notices.slice(-SHOWN_NOTICES).map((notice, index) => (
        <li key={index}>
          <svg class="lepton-mark" viewBox="0 0 10 10" aria-hidden="true">
            <path d="M5 .8L9.6 9.2H.4z" fill="currentColor" />
          </svg>
          <span>
            {notice}
            {rest > 0 && index === SHOWN_NOTICES - 1 && (
              <span class="lepton-muted">{` ${TEXTS.moreNotices(rest)}`}</span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
