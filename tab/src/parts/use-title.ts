// Names the browser's tab after the page.
import { useEffect } from 'react';

export function useTitle(title: string | undefined): void {
  useEffect(() => { document.title = title === undefined ? 'Waymark' : `${title} · Waymark`; }, [title]);
}
