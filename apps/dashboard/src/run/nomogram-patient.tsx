import { Button, Slider } from '@mui/material';
import { useState } from 'react';
import { pointsOf, probabilityOf, say, type NomogramInput, type NomogramModel } from '@consilium/charts';
import { Choice } from '@consilium/interface';

const startOf = (input: NomogramInput): number | string => (input.kind === 'number' ? (input.from + input.to) / 2 : input.levels[0]!.level);

/** A patient made up by the reader: values in, probability out. Nothing is sent or stored. */
export function NomogramPatient({ model }: { readonly model: NomogramModel }) {
  const [values, setValues] = useState<readonly (number | string)[]>(model.inputs.map(startOf));
  const points = model.inputs.map((input, i) => pointsOf(model, input, values[i]!));
  const total = points.reduce((sum, one) => sum + one, 0);
  const set = (i: number, value: number | string): void => setValues(values.map((one, j) => (j === i ? value : one)));
  return (
    <section className="panel" aria-label="One patient, made up by you" data-nomogram>
      <div className="panel-body">
        <h2>One patient, made up by you</h2>
        <div style={{ display: 'grid', gap: 12, marginTop: 12 }}>
          {model.inputs.map((input, i) => (
            <div key={input.name} style={{ display: 'grid', gridTemplateColumns: 'minmax(90px, 220px) minmax(100px, 1fr) 70px', gap: 12, alignItems: 'center' }}>
              {input.kind === 'number' ? (
                <>
                  <span id={`input-${i}`}>
                    {input.label}: {say.plain(values[i] as number)}
                  </span>
                  <Slider aria-labelledby={`input-${i}`} size="small" min={input.from} max={input.to} step={(input.to - input.from) / 100} value={values[i] as number} onChange={(_, value) => set(i, value)} />
                </>
              ) : (
                <>
                  <span>{input.label}</span>
                  <Choice label={`Level of ${input.label}`} value={values[i] as string} options={input.levels.map(({ level }) => ({ value: level, label: level }))} onChange={(value) => set(i, value)} />
                </>
              )}
              <span style={{ textAlign: 'right' }}>{say.fixed(points[i]!, 0)} points</span>
            </div>
          ))}
        </div>
        <p role="status" style={{ fontSize: 17, lineHeight: '27px', marginTop: 16 }}>
          Total {say.fixed(total, 0)} points: probability <strong>{say.number(probabilityOf(model, total), 'auc')}</strong>
        </p>
        <p className="panel-note">Nothing you enter is stored or sent. For research only.</p>
        <div style={{ marginTop: 8 }}>
          <Button onClick={() => setValues(model.inputs.map(startOf))}>Reset</Button>
        </div>
      </div>
    </section>
  );
}
