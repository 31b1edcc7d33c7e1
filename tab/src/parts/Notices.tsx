// What a page says when there is nothing, not yet, or no longer anything to show.
import {
  Button, makeStyles, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle, Skeleton, SkeletonItem, Text, tokens,
} from '@fluentui/react-components';
import type { ReactNode } from 'react';
import type { CallError } from '../call.ts';

const useStyles = makeStyles({
  empty: {
    display: 'flex', flexDirection: 'column', alignItems: 'center', textAlign: 'center', rowGap: tokens.spacingVerticalM,
    padding: `${tokens.spacingVerticalXXXL} ${tokens.spacingHorizontalL}`, color: tokens.colorNeutralForeground3,
  },
  rows: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalL, padding: `${tokens.spacingVerticalL} 0` },
});

/** An error as a sentence (those of its fields, where it names any), and a way to try again. */
export function ErrorBar({ error, title, again, children }: { error: CallError; title?: string; again?: (() => void) | undefined; children?: ReactNode }) {
  return (
    <MessageBar intent="error" layout="multiline" role="alert">
      <MessageBarBody>
        {title !== undefined && <MessageBarTitle>{title}</MessageBarTitle>}
        {Object.keys(error.errors).length > 0 ? Object.values(error.errors).join(' ') : error.message}
      </MessageBarBody>
      {(again !== undefined || children !== undefined) && (
        <MessageBarActions>
          {children}
          {again !== undefined && <Button onClick={again}>Try again</Button>}
        </MessageBarActions>
      )}
    </MessageBar>
  );
}

/** `page`: it is all that the page says. */
export function Empty({ title, children, action, page = false }: { title: string; page?: boolean; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={useStyles().empty}>
      <Text as={page ? 'h1' : 'h2'} size={400} weight="semibold" style={{ margin: 0, color: tokens.colorNeutralForeground1 }}>{title}</Text>
      {children !== undefined && <Text>{children}</Text>}
      {action}
    </div>
  );
}

export function Loading({ rows = 6, height = 16, label }: { rows?: number; height?: 8 | 12 | 16 | 20 | 24 | 28 | 32 | 36 | 40 | 48 | 56 | 64 | 72 | 96 | 120 | 128; label: string }) {
  return (
    <Skeleton aria-label={label} className={useStyles().rows}>
      {Array.from({ length: rows }, (_, i) => <SkeletonItem key={i} size={height} />)}
    </Skeleton>
  );
}
