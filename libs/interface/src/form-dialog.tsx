import { Dialog, DialogActions, DialogContent, DialogTitle } from '@mui/material';
import { useId, type ReactNode } from 'react';
import { Form } from './form.js';

export interface FormDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly onSubmit: () => Promise<void>;
  /** The way out, then the button that submits. */
  readonly actions: ReactNode;
  readonly children: ReactNode;
}

/** A form over the page. */
export function FormDialog({ open, onClose, title, onSubmit, actions, children }: FormDialogProps) {
  const id = useId();
  return (
    <Dialog open={open} onClose={onClose} fullWidth maxWidth="sm" aria-labelledby={id}>
      <DialogTitle id={id} sx={{ fontSize: 15, fontWeight: 600 }}>
        {title}
      </DialogTitle>
      <Form onSubmit={onSubmit} style={{ display: 'flex', flexDirection: 'column', minHeight: 0 }}>
        <DialogContent sx={{ display: 'grid', gap: 4, pt: 0 }}>{children}</DialogContent>
        <DialogActions>{actions}</DialogActions>
      </Form>
    </Dialog>
  );
}
