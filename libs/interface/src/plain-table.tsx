import type { ReactNode } from 'react';

export interface PlainColumn {
  readonly label: string;
  readonly numeric?: boolean;
}

/** A short table of an application's own things: sites, plans, runs, patients. */
export function PlainTable({ caption, columns, rows }: { readonly caption: string; readonly columns: readonly PlainColumn[]; readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[] }) {
  return (
    <div className="panel">
      <div className="table-box" tabIndex={0} role="region" aria-label={caption}>
        <table>
          <caption>
            <span>{caption}</span>
          </caption>
          <thead>
            <tr>
              {columns.map(({ label, numeric }) => (
                <th key={label} scope="col" className={numeric ? 'num' : undefined}>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, cells }) => (
              <tr key={key}>
                {cells.map((cell, i) =>
                  i === 0 ? (
                    <th key={columns[i]!.label} scope="row">
                      {cell}
                    </th>
                  ) : (
                    <td key={columns[i]!.label} className={columns[i]!.numeric ? 'num' : undefined}>
                      {cell}
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
