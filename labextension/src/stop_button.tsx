/** The button that ends what a panel shows; it rests while that is being ended. */

interface StopButtonProps {
  model: { stop: () => void };
  isStopping: boolean;
  /** Of the panel's own catalogue: what is kept differs. */
  texts: { stop: string; stopTitle: string };
}

export function StopButton({ model, isStopping, texts }: StopButtonProps) {
  return (
    <button
      type="button"
      title={texts.stopTitle}
      disabled={isStopping}
      onClick={() => {
        model.stop();
      }}
    >
      <svg width="8" height="8" viewBox="0 0 8 8" aria-hidden="true">
        <rect width="8" height="8" rx="1" fill="currentColor" />
      </svg>
      {texts.stop}
    </button>
  );
}
