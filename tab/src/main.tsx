// Starts the tab in its page.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { z } from 'zod';

// Schemas run interpreted: compiling them needs eval, which a content security policy forbids. It must be said before the first one is made.
z.config({ jitless: true });
const { App } = await import('./App.tsx');

createRoot(document.getElementById('root')!).render(<StrictMode><App /></StrictMode>);
