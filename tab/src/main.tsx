// Starts the tab in its page.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { z } from 'zod';
import { App } from './App.tsx';

// Schemas run interpreted: compiling them needs eval, which the tab's content security policy forbids.
z.config({ jitless: true });

createRoot(document.getElementById('root')!).render(<StrictMode><App /></StrictMode>);
