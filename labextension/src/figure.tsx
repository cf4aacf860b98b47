/** A figure with its name above and its unit behind; of a list of figures. */

export function Figure({ name, unit = "", children }: { name: string; unit?: string; children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {children}
        {unit !== "" && <small>{` ${unit}`}</small>}
      </dd>
    </div>
  );
}
