// Links and buttons that lead to another page of the tab.
import { Button, Link, type ButtonProps, type LinkProps } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { useHref, useLinkClickHandler, useNavigate } from 'react-router';

export function PageLink({ to, children, ...rest }: { to: string; children: ReactNode } & Pick<LinkProps, 'className' | 'appearance' | 'title'>) {
  const href = useHref(to);
  const go = useLinkClickHandler<HTMLAnchorElement>(to);
  return <Link href={href} onClick={event => go(event as React.MouseEvent<HTMLAnchorElement>)} {...rest}>{children}</Link>;
}

export function PageButton({ to, children, ...rest }: { to: string; children: ReactNode } & Pick<ButtonProps, 'appearance' | 'icon' | 'size' | 'className'> & { 'aria-label'?: string }) {
  const navigate = useNavigate();
  return <Button onClick={() => void navigate(to)} {...rest}>{children}</Button>;
}
