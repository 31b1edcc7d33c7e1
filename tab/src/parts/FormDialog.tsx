// A form in a dialog: its fields, what went wrong when it was sent, and the two ways out.
import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import type { Deed } from '../answer.ts';
import { intoView } from './attention.ts';
import { ErrorBar } from './Notices.tsx';

const useStyles = makeStyles({ content: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalM } });

interface Props {
  title: string;
  /** What sends it. */
  yes: string;
  deed: Deed;
  /** A field is not right yet. */
  blocked?: boolean;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}

export function FormDialog({ title, yes, deed, blocked = false, onSubmit, onClose, children }: Props) {
  return (
    <Dialog open onOpenChange={(_, { open }) => { if (!open) onClose(); }}>
      <DialogSurface>
        <form noValidate onSubmit={event => { event.preventDefault(); if (!blocked) onSubmit(); }}>
          <DialogBody>
            <DialogTitle>{title}</DialogTitle>
            <DialogContent className={useStyles().content}>
              {children}
              {deed.error !== undefined && <div ref={intoView}><ErrorBar error={deed.error} /></div>}
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose}>Cancel</Button>
              <Button type="submit" appearance="primary" disabledFocusable={deed.busy || blocked}>{yes}</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
