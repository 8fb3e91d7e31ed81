import type { CSSProperties, ReactNode } from 'react';

export interface FormProps {
  readonly onSubmit: () => Promise<void>;
  /** For a button that stands outside. */
  readonly id?: string;
  readonly style?: CSSProperties;
  readonly children: ReactNode;
}

/** The browser's own bubbles stay away: a mistake stands beside its field, in the language of the page. */
export function Form({ onSubmit, children, ...shown }: FormProps) {
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void onSubmit();
      }}
      {...shown}
    >
      {children}
    </form>
  );
}
